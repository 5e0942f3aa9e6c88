import PithGraph

/// A graph while an ONNX file is translated into it, node by node, each with its types inferred at once.
final class ONNXGraphBuilder {
  let opset: Int
  private(set) var graph: Graph
  private let file: ONNXFile
  private var tensors: TensorReader
  private let used: Set<String>
  private var filledCount = 0
  private var ids: [String: ValueID] = [:]

  init(_ file: ONNXFile, nodes: [ONNXNode], tensors: TensorReader) throws {
    used = Set(nodes.flatMap(\.inputs) + file.outputs)
    self.file = file
    self.tensors = tensors
    opset = file.opset
    graph = Graph(name: file.graphName)
    graph.metadata = file.metadata
    for input in file.inputs {
      guard let type = input.type else { continue }
      let shown = input.name.printable()
      try check(type, "input '\(shown)'")
      guard ids.updateValue(graph.addInput(input.name, type), forKey: input.name) == nil else {
        throw GraphError("input '\(shown)' is there twice; export the model again")
      }
    }
  }

  // MARK: Looking

  /// The value of that name; weights are read when they are first asked for.
  func value(_ name: String) throws -> ValueID {
    if let id = ids[name] { return id }
    guard let bytes = file.initializers[name] else {
      throw GraphError("value '\(name.printable())' does not exist; export the model again")
    }
    do {
      let id = graph.addConstant(name, try tensors.tensor(bytes))
      ids[name] = id
      return id
    } catch let error as GraphError {
      throw GraphError("initializer '\(name.printable())': \(error.message)")
    }
  }

  /// The operands of a node, nil where an optional one is absent.
  func operands(_ node: ONNXNode) throws -> [ValueID?] {
    try node.inputs.map { $0.isEmpty ? nil : try value($0) }
  }

  /// One operand, nil where it is absent.
  func operand(_ node: ONNXNode, _ index: Int) throws -> ValueID? {
    guard index < node.inputs.count, !node.inputs[index].isEmpty else { return nil }
    return try value(node.inputs[index])
  }

  /// An operand that must be there.
  func required(_ node: ONNXNode, _ index: Int) throws -> ValueID {
    guard let id = try operand(node, index) else { throw GraphError("operand \(index) is missing") }
    return id
  }

  /// The type of a value; every value has one by the time a node can ask.
  func type(_ id: ValueID) throws -> ValueType {
    guard let type = graph[id].type else { throw GraphError("'\(graph[id].name.printable())' has no type") }
    return type
  }

  /// The elements of an integer tensor as far as they are known before the graph runs.
  func contents(_ id: ValueID) throws -> [Dimension]? { try type(id).contents }

  /// Whether a node or an output of the graph reads the value of that name.
  func isUsed(_ name: String) -> Bool { used.contains(name) }

  // MARK: Adding

  /// Adds a constant that stood in an attribute.
  func constant(_ node: ONNXNode, _ suffix: String, _ tensor: Tensor) -> ValueID {
    graph.addConstant("\(self.name(node)).\(suffix)", tensor)
  }

  /// Adds the node's operator, computing the node's results, or those listed.
  func emit(
    _ op: any Operator, _ node: ONNXNode, inputs: [ValueID?]? = nil, outputs names: [String]? = nil
  ) throws {
    let names = names ?? node.outputs
    let outputs = try add(op, try inputs ?? operands(node), outputs: names, name: name(node))
    for (name, output) in zip(names, outputs) where !name.isEmpty { ids[name] = output }
  }

  /// Adds an operator that the node is composed of besides the one that gives its result.
  func emitPart(_ op: any Operator, _ node: ONNXNode, _ suffix: String, inputs: [ValueID?]) throws -> ValueID
  {
    let name = "\(self.name(node)).\(suffix)"
    return try add(op, inputs, outputs: [name], name: name)[0]
  }

  /// Makes the node's only result a constant.
  func bind(_ node: ONNXNode, to tensor: Tensor) throws {
    guard node.outputs.count == 1 else { throw GraphError("it must have one output") }
    ids[node.outputs[0]] = graph.addConstant(node.outputs[0], tensor)
  }

  /// Whether a node may make up a constant of that many elements, which then count.
  func mayFill(_ count: Int) -> Bool {
    guard count <= ONNXLimits.filledElements - filledCount else { return false }
    filledCount += count
    return true
  }

  func markOutputs() throws {
    guard !file.outputs.isEmpty else { throw GraphError("the graph has no outputs; export the model again") }
    for output in file.outputs {
      do {
        graph.markOutput(try value(output))
      } catch let error as GraphError {
        throw GraphError("output '\(output.printable())': \(error.message)")
      }
    }
  }

  private func name(_ node: ONNXNode) -> String {
    node.name.isEmpty ? node.outputs.first { !$0.isEmpty } ?? "" : node.name
  }

  /// Adds an operator, or its results where it is integer arithmetic on constants.
  private func add(
    _ op: any Operator, _ inputs: [ValueID?], outputs names: [String], name: String
  ) throws -> [ValueID] {
    var inputs = inputs
    while let last = inputs.last, last == nil { inputs.removeLast() }
    let types = try graph.outputTypes(of: op, inputs: inputs, outputCount: names.count)
    for type in types { try check(type, "its output") }
    let constants = try zip(names, types).map { _, type in try folded(op, inputs, type) }.compactMap(\.self)
    if constants.count == names.count {
      return zip(names, constants).map { graph.addConstant($0, $1) }
    }
    let outputs = names.map { graph.addValue($0) }
    graph.addNode(op, inputs: inputs, outputs: outputs, name: name)
    for (output, type) in zip(outputs, types) { graph.update(output) { $0.type = type } }
    return outputs
  }

  /// A value must be of a size that makes sense.
  private func check(_ type: ValueType, _ what: String) throws {
    guard type.shape.rank <= ONNXLimits.rank else {
      throw GraphError("\(what) has \(type.shape.rank) axes, more than \(ONNXLimits.rank)")
    }
    for case .symbolic(let name) in type.shape.dimensions where name.utf8.count > ONNXLimits.dimensionName {
      throw GraphError("\(what) has an axis whose size is too involved; export the model with fixed sizes")
    }
    let known = type.shape.dimensions.compactMap(\.size)
    guard let count = Shape.elementCount(known), count <= ONNXLimits.elements else {
      throw GraphError("\(what) has shape \(type.shape), which is more than \(ONNXLimits.elements) elements")
    }
  }
}
