import PithGraph

/// A graph and the functions that it calls (`GraphDef`), cut into nodes.
final class TFGraphDef {
  /// A function (`FunctionDef`).
  struct Function {
    var name = ""
    var arguments: [String] = []
    /// For each result, in order, which value of the body it is.
    var results: [String] = []
    var nodes: [String: TFNodeDef] = [:]
  }

  private(set) var nodes: [String: TFNodeDef] = [:]
  /// The place of each node in the file.
  private(set) var order: [String: Int] = [:]
  private var bodies: [String: UnsafeRawBufferPointer] = [:]
  private var functions: [String: Function] = [:]

  /// - Throws: `GraphError` where the bytes are no graph.
  init(_ bytes: UnsafeRawBufferPointer) throws {
    try WireReader.forEach(in: bytes) { field in
      guard field.encoding == .bytes else { return }
      switch field.number {
      case 1:
        let node = try TFNodeDef(field.payload)
        order[node.name] = order.count
        try TFGraphDef.add(node, to: &nodes)
      case 2:
        try WireReader.forEach(in: field.payload) { function in
          guard function.number == 1, function.encoding == .bytes else { return }
          bodies[try TFGraphDef.name(ofFunction: function.payload)] = function.payload
        }
      default: break
      }
    }
  }

  private static func add(_ node: TFNodeDef, to nodes: inout [String: TFNodeDef]) throws {
    guard nodes.count < 1 << 20 else { throw GraphError("the graph has more than \(1 << 20) nodes") }
    guard nodes.updateValue(node, forKey: node.name) == nil else {
      throw GraphError("node '\(node.name.printable())' is there twice; the file is damaged")
    }
  }

  private static func name(ofFunction bytes: UnsafeRawBufferPointer) throws -> String {
    var name = ""
    try WireReader.forEach(in: bytes) { field in
      guard field.number == 1, field.encoding == .bytes else { return }
      try WireReader.forEach(in: field.payload) {
        if $0.number == 1, $0.encoding == .bytes { name = $0.text }
      }
    }
    return name
  }

  /// The function of that name; nil where there is none.
  /// - Throws: `GraphError` where it is damaged.
  func function(_ name: String) throws -> Function? {
    if let function = functions[name] { return function }
    guard let bytes = bodies[name] else { return nil }
    var function = Function(name: name)
    var results: [String] = []
    var returned: [String: String] = [:]
    try WireReader.forEach(in: bytes) { field in
      guard field.encoding == .bytes else { return }
      switch field.number {
      case 1:
        try WireReader.forEach(in: field.payload) { argument in
          guard argument.encoding == .bytes, argument.number == 2 || argument.number == 3 else { return }
          let name = try TFGraphDef.name(ofArgument: argument.payload)
          if argument.number == 2 { function.arguments.append(name) } else { results.append(name) }
        }
      case 3: try TFGraphDef.add(try TFNodeDef(field.payload), to: &function.nodes)
      case 4:
        let entry = try WireReader.entry(field.payload)
        returned[entry.key] = entry.value?.text
      default: break
      }
    }
    function.results = try results.map { result in
      guard let value = returned[result] else {
        throw GraphError("function '\(name.printable())' does not compute its result '\(result.printable())'")
      }
      return value
    }
    functions[name] = function
    return function
  }

  private static func name(ofArgument bytes: UnsafeRawBufferPointer) throws -> String {
    var name = ""
    try WireReader.forEach(in: bytes) { if $0.number == 1, $0.encoding == .bytes { name = $0.text } }
    return name
  }
}
