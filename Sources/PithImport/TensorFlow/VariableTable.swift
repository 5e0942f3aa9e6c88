import PithGraph

/// Which tensor of the checkpoint each variable of the graph gets when TensorFlow restores the model.
///
/// The file says it itself: its restoring operation assigns what it reads from the checkpoint to the variables. In
/// TensorFlow 1 that stands in the graph, in TensorFlow 2 in a function that is given the variables.
struct VariableTable {
  /// Names in the checkpoint by the names of the variables' nodes.
  private var keys: [String: String] = [:]
  private let bundle: TensorBundle

  /// - Throws: `GraphError` where the restoring operation is damaged.
  init(_ graph: TFGraphDef, restoredBy operation: String, bundle: TensorBundle) throws {
    self.bundle = bundle
    let name = operation.split(separator: ":").first.map(String.init) ?? operation
    if let call = graph.nodes[name], let function = try call.function("f").flatMap({ try graph.function($0) })
    {
      let assigned = try VariableTable.assignments(in: function.nodes)
      for (argument, input) in zip(function.arguments, call.inputs) {
        if let key = assigned[argument] { keys[VariableTable.node(input)] = key }
      }
    } else {
      keys = try VariableTable.assignments(in: graph.nodes)
    }
    try addNamesOfObjects()
  }

  private static func node(_ input: String) -> String {
    input.split(separator: ":", maxSplits: 1).first.map(String.init) ?? input
  }

  /// The nodes that are assigned to, and what of the checkpoint is assigned to them.
  private static func assignments(in nodes: [String: TFNodeDef]) throws -> [String: String] {
    var names: [String: [String]] = [:]
    var result: [String: String] = [:]
    for node in nodes.values where ["AssignVariableOp", "Assign"].contains(node.op) && node.inputs.count == 2
    {
      var source = node.inputs[1]
      var steps = 0
      while let passing = nodes[self.node(source)], passing.op == "Identity", let next = passing.inputs.first,
        steps < 16
      {
        source = next
        steps += 1
      }
      guard let restore = nodes[self.node(source)], restore.op == "RestoreV2", restore.inputs.count == 3
      else {
        continue
      }
      if names[restore.name] == nil { names[restore.name] = try strings(restore.inputs[1], in: nodes) }
      let index = source.split(separator: ":").dropFirst().last.flatMap { Int($0) } ?? 0
      if let listed = names[restore.name], listed.indices.contains(index) {
        result[self.node(node.inputs[0])] = listed[index]
      }
    }
    return result
  }

  private static func strings(_ input: String, in nodes: [String: TFNodeDef]) throws -> [String] {
    guard let constant = nodes[node(input)], constant.op == "Const" else { return [] }
    return try constant.tensor("value")?.strings() ?? []
  }

  /// Adds what the checkpoint's own table of objects calls variables, where that is the one with the name.
  ///
  /// Format: `tensorflow/core/protobuf/trackable_object_graph.proto`.
  private mutating func addNamesOfObjects() throws {
    let name = "_CHECKPOINTABLE_OBJECT_GRAPH"
    guard bundle.has(name), let text = try? bundle.text(name) else { return }
    // Before the text stands its length, a varint, and a check of that in 4 bytes.
    var start = 0
    while start < Swift.min(10, text.raw.count), text.raw[start] >= 0x80 { start += 1 }
    guard text.raw.count >= start + 5 else { return }
    var found: [String: Set<String>] = [:]
    // Only a help for models without a restoring operation: where it is damaged there is none.
    try? WireReader.forEach(in: UnsafeRawBufferPointer(rebasing: text.raw[(start + 5)...])) { object in
      guard object.number == 1, object.encoding == .bytes else { return }
      try WireReader.forEach(in: object.payload) { attribute in
        guard attribute.number == 2, attribute.encoding == .bytes else { return }
        var (full, key) = ("", "")
        try WireReader.forEach(in: attribute.payload) { field in
          switch (field.number, field.encoding) {
          case (2, .bytes): full = field.text
          case (3, .bytes): key = field.text
          default: break
          }
        }
        if !full.isEmpty { found[full, default: []].insert(key) }
      }
    }
    for (full, keys) in found where keys.count == 1 && self.keys[full] == nil { self.keys[full] = keys.first }
  }

  /// The tensor that a variable holds.
  /// - Parameter names: what its node is called, and how it is shared.
  /// - Throws: `GraphError` where the checkpoint has none for it, or it cannot be read.
  func tensor(_ names: [String]) throws -> Tensor {
    for name in names {
      if let key = keys[name] ?? (bundle.has(name) ? name : nil) { return try bundle.tensor(key) }
    }
    throw GraphError(
      "the checkpoint in 'variables' has no tensor for it; is the folder complete? Otherwise save the model again"
    )
  }
}
