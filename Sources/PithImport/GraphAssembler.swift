import PithGraph

/// A graph while a model file is translated into it, node by node, each with its types inferred at once.
///
/// Every format's importer fills one of these: sizes are checked as values appear, and integer arithmetic on shapes is
/// done on the spot, so that what a later node asks (`type`, `contents`) is known.
class GraphAssembler {
  private(set) var graph: Graph
  private var filledCount = 0

  init(name: String) { graph = Graph(name: name) }

  // MARK: Looking

  /// The type of a value; every value has one by the time a node can ask.
  func type(_ id: ValueID) throws -> ValueType {
    guard let type = graph[id].type else { throw GraphError("'\(graph[id].name.printable())' has no type") }
    return type
  }

  /// The elements of an integer tensor as far as they are known before the graph runs.
  func contents(_ id: ValueID) throws -> [Dimension]? { try type(id).contents }

  // MARK: Adding

  /// Adds an input of the network.
  /// - Throws: `GraphError` where it is larger than any that makes sense, or empty.
  func input(_ name: String, _ type: ValueType) throws -> ValueID {
    if let axis = type.shape.dimensions.firstIndex(of: 0) {
      throw GraphError(
        "axis \(axis) of input '\(name.printable())' has size 0; export the model with a real one")
    }
    try check(type, "input '\(name.printable())'")
    return graph.addInput(name, type)
  }

  func constant(_ name: String, _ tensor: Tensor) -> ValueID { graph.addConstant(name, tensor) }

  func markOutput(_ id: ValueID) { graph.markOutput(id) }

  func rename(_ id: ValueID, _ name: String) { graph.update(id) { $0.name = name } }

  func setMetadata(_ metadata: [String: String]) { graph.metadata = metadata }

  func setStates(_ names: [String: String]) { graph.stateNames = names }

  /// Whether a node may make up a constant of that many elements, which then count.
  func mayFill(_ count: Int) -> Bool {
    guard count <= ImportLimits.filledElements - filledCount else { return false }
    filledCount += count
    return true
  }

  /// Adds an operator of one output, called `name`, or its result where it is integer arithmetic on constants.
  /// - Throws: `GraphError` where the operands do not fit.
  func add(_ op: any Operator, _ inputs: [ValueID?], name: String) throws -> ValueID {
    try add(op, inputs, outputs: [name], name: name)[0]
  }

  /// Adds an operator, or its results where it is integer arithmetic on constants.
  /// - Throws: `GraphError` where the operands do not fit.
  func add(
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
    guard type.shape.rank <= ImportLimits.rank else {
      throw GraphError("\(what) has \(type.shape.rank) axes, more than \(ImportLimits.rank)")
    }
    for case .symbolic(let name) in type.shape.dimensions where name.utf8.count > ImportLimits.dimensionName {
      throw GraphError("\(what) has an axis whose size is too involved; export the model with fixed sizes")
    }
    let known = type.shape.dimensions.compactMap(\.size)
    guard let count = Shape.elementCount(known), count <= ImportLimits.elements else {
      throw GraphError(
        "\(what) has shape \(type.shape), which is more than \(ImportLimits.elements) elements")
    }
  }
}
