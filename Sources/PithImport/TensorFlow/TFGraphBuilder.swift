import PithGraph

/// A graph while a SavedModel is translated into it: what a `GraphAssembler` holds, by the file's nodes.
final class TFGraphBuilder: GraphAssembler {
  /// What an operand is.
  enum Known {
    case tensor(ValueID)
    /// Integers that stand in no graph unless something there needs them.
    case integers(TFIntegers)
    /// A handle of a variable, whose node has one of these names.
    case variable([String])
    /// A tensor of which the file takes every n-th element of the axes behind the batch apart, for a convolution.
    case dilated(ValueID, by: [Int])
  }

  private let variables: VariableTable
  /// The nodes that may be asked for what an operand is computed by.
  private let nodes: [TFNode]
  private var values: [TFOutput: Known] = [:]
  /// The same tensors with their channels first.
  private var channelsFirst: [ValueID: ValueID] = [:]
  /// What an axis of 1 was put into, and which.
  private var unsqueezings: [ValueID: (x: ValueID, axis: Int)] = [:]
  private var variableValues: [String: ValueID] = [:]
  /// Where a named size can be asked for when the graph runs.
  private var sources: [String: (input: ValueID, axis: Int)] = [:]
  private var constants: [[Int]: ValueID] = [:]

  init(name: String, nodes: [TFNode], variables: VariableTable) {
    self.variables = variables
    self.nodes = nodes
    super.init(name: name)
  }

  // MARK: Inputs and outputs

  /// Adds an input of the network.
  /// - Throws: `GraphError` where its type or shape does not do.
  func addInput(_ port: SavedModelFile.Port, as output: TFOutput) throws {
    let shown = "input '\(port.key.printable())'"
    guard let shape = port.shape, !shape.hasUnknownRank else {
      throw GraphError("\(shown) has no shape; export the model with an input_signature that says one")
    }
    let dimensions = try shape.sizes.enumerated().map { axis, size -> Dimension in
      guard let size else { return .symbolic(axis == 0 ? "batch" : "\(port.key)_axis\(axis)") }
      guard size > 0 else {
        throw GraphError("axis \(axis) of \(shown) has size \(size); export the model with a real one")
      }
      return .fixed(size)
    }
    let type: TFDataType
    let inner: ElementType
    do {
      type = try TFDataType(number: port.type)
      inner = try type.supported()
    } catch let error as GraphError {
      throw GraphError("\(shown): \(error.message)")
    }
    // Other integers are wider inside, but the network is given what the model says.
    let outer: ElementType = type == .int32 ? .int32 : inner
    var id = try input(port.key, ValueType(outer, Shape(dimensions)))
    for (axis, dimension) in dimensions.enumerated() {
      if case .symbolic(let name) = dimension, sources[name] == nil { sources[name] = (id, axis) }
    }
    if outer != inner { id = try add(Cast(to: inner), [id], name: "\(port.key).wide") }
    values[output] = .tensor(id)
  }

  /// Makes a tensor an output of the network.
  func addOutput(_ port: SavedModelFile.Port, _ output: TFOutput) throws {
    var id = try tensor(output, name: port.key)
    let isGiven = graph.inputs.contains(id) || graph[id].constant != nil || graph.outputs.contains(id)
    if (try? TFDataType(number: port.type)) == .int32 {
      id = try add(Cast(to: .int32), [id], name: port.key)
    } else if isGiven {
      id = try add(Identity(), [id], name: port.key)
    }
    if graph.inputs.allSatisfy({ graph[$0].name != port.key }) { rename(id, port.key) }
    markOutput(id)
  }

  // MARK: Looking

  /// What operand `index` is.
  func known(_ node: TFNode, _ index: Int) throws -> Known {
    guard node.inputs.indices.contains(index) else { throw GraphError("operand \(index) is missing") }
    return try known(node.inputs[index])
  }

  private func known(_ output: TFOutput) throws -> Known {
    guard let value = values[output] else {
      let index = output.index
      throw GraphError(
        nodes.indices.contains(output.node)
          ? "result \(index) of node \(nodes[output.node].label) is not available in inference"
          : "an operand does not exist")
    }
    return value
  }

  /// Operand `index` as a value of the graph.
  func tensor(_ node: TFNode, _ index: Int) throws -> ValueID {
    guard node.inputs.indices.contains(index) else { throw GraphError("operand \(index) is missing") }
    return try tensor(node.inputs[index], name: "\(node.name).operand\(index)")
  }

  private func tensor(_ output: TFOutput, name: String) throws -> ValueID {
    switch try known(output) {
    case .tensor(let id): return id
    case .integers(let integers): return try materialize(integers, name: name)
    case .variable(let names): return try variable(names)
    case .dilated:
      throw GraphError(
        "pixels that SpaceToBatchND took apart may only go through a convolution before they are put back")
    }
  }

  func tensors(_ node: TFNode, _ range: Range<Int>) throws -> [ValueID] {
    try range.map { try tensor(node, $0) }
  }

  /// Operand `index` as integers; nil where it is not known before the graph runs.
  func integers(_ node: TFNode, _ index: Int) throws -> TFIntegers? {
    switch try known(node, index) {
    case .integers(let integers): return integers
    case .variable, .dilated: return nil
    case .tensor(let id):
      let type = try type(id)
      guard type.element == .int64 || type.element == .int32, let shape = type.shape.sizes else { return nil }
      if let numbers = graph[id].constant?.integers, numbers.count <= TFIntegers.limit {
        return TFIntegers(shape: shape, elements: numbers.map { .fixed($0) })
      }
      return type.contents.flatMap { TFIntegers(shape: shape, elements: $0) }
    }
  }

  /// Operand `index` as a list of numbers that must be known.
  /// - Throws: `GraphError` calling it `what` where it is not.
  func numbers(_ node: TFNode, _ index: Int, _ what: String) throws -> [Int] {
    guard let numbers = try integers(node, index)?.numbers else {
      throw GraphError("\(what) must be known when the model is read; export it with fixed shapes")
    }
    return numbers
  }

  func number(_ node: TFNode, _ index: Int, _ what: String) throws -> Int {
    let all = try numbers(node, index, what)
    guard all.count == 1 else { throw GraphError("\(what) must be one number, not \(all.count)") }
    return all[0]
  }

  /// The elements of operand `index` where it is a constant or a variable.
  func constant(_ node: TFNode, _ index: Int) throws -> Tensor? { graph[try tensor(node, index)].constant }

  func shape(_ node: TFNode, _ index: Int) throws -> Shape { try type(try tensor(node, index)).shape }

  /// The node that computes an operand.
  func producer(_ output: TFOutput) -> TFNode? {
    nodes.indices.contains(output.node) ? nodes[output.node] : nil
  }

  // MARK: Adding

  func bind(_ output: TFOutput, to value: Known) { values[output] = value }

  /// Adds an operator that computes the node's first result.
  @discardableResult
  func emit(_ op: any Operator, _ node: TFNode, _ inputs: [ValueID?]) throws -> ValueID {
    try add(op, inputs, name: node.name)
  }

  /// Adds an operator that the node is composed of besides the one that gives its result.
  func part(_ op: any Operator, _ node: TFNode, _ suffix: String, _ inputs: [ValueID?]) throws -> ValueID {
    try add(op, inputs, name: "\(node.name).\(suffix)")
  }

  func constant(_ node: TFNode, _ suffix: String, _ tensor: Tensor) -> ValueID {
    constant("\(node.name).\(suffix)", tensor)
  }

  /// A constant list of integers, one value for all that are equal.
  func list(_ numbers: [Int]) -> ValueID {
    if let id = constants[numbers] { return id }
    let id = constant("list.\(constants.count)", Tensor(ints: numbers))
    constants[numbers] = id
    return id
  }

  /// The weights that a variable holds, one value for all that read it.
  func variable(_ names: [String]) throws -> ValueID {
    let name = names.first ?? ""
    if let id = variableValues[name] { return id }
    do {
      let id = constant(name, try variables.tensor(names))
      variableValues[name] = id
      return id
    } catch let error as GraphError {
      throw GraphError("variable '\(name.printable())': \(error.message)")
    }
  }

  /// A value of the graph for integers, of which named ones are asked for when the graph runs.
  func materialize(_ integers: TFIntegers, name: String) throws -> ValueID {
    if let numbers = integers.numbers {
      return integers.shape.count == 1
        ? list(numbers) : constant(name, Tensor(shape: integers.shape, ints: numbers))
    }
    let parts = try integers.elements.enumerated().map { index, element -> ValueID in
      switch element {
      case .fixed(let number): return list([number])
      case .symbolic(let size):
        guard let source = sources[size] else {
          throw GraphError(
            "it needs the size '\(size)', which is not that of an input; export with fixed shapes")
        }
        return try add(
          ShapeOf(start: source.axis, end: source.axis + 1), [source.input], name: "\(name).size\(index)")
      }
    }
    let vector = parts.count == 1 ? parts[0] : try add(Concat(axis: 0), parts, name: "\(name).sizes")
    if integers.shape.count == 1 { return vector }
    return try add(Reshape(), [vector, list(integers.shape)], name: "\(name).shape")
  }

  /// The tensor under another shape; sizes that have only a name are asked for when the graph runs, where they must be.
  func reshape(_ x: ValueID, to shape: [Dimension], name: String) throws -> ValueID {
    let before = try type(x).shape
    if before.dimensions == shape { return x }
    if let target = GraphAssembler.reshapeTarget(from: before, to: shape) {
      return try add(Reshape(allowsZero: shape.contains(.fixed(0))), [x, list(target)], name: name)
    }
    let vector = try materialize(TFIntegers(vector: shape), name: "\(name).shape")
    return try add(Reshape(), [x, vector], name: name)
  }

  /// The tensor with a new axis of size 1.
  func unsqueezed(_ x: ValueID, axis: Int, name: String) throws -> ValueID {
    let result = try add(Unsqueeze(), [x, list([axis])], name: name)
    unsqueezings[result] = (x, axis)
    return result
  }

  /// The tensor that got just this axis of size 1, if that is what made `x`.
  func beforeUnsqueezing(_ x: ValueID, axis: Int) -> ValueID? {
    unsqueezings[x].flatMap { $0.axis == axis ? $0.x : nil }
  }

  // MARK: Channels

  /// The tensor `[N, spatial…, C]` as `[N, C, spatial…]`.
  func channelsFirst(_ x: ValueID, name: String) throws -> ValueID {
    if let moved = channelsFirst[x] { return moved }
    let rank = try type(x).shape.rank
    guard rank >= 3 else {
      throw GraphError("its operand has \(rank) axes, but [N, spatial…, C] is needed")
    }
    let moved = try add(
      Transpose(permutation: [0, rank - 1] + Array(1..<(rank - 1))), [x], name: "\(name).channelsFirst")
    channelsFirst[x] = moved
    return moved
  }

  /// The tensor `[N, C, spatial…]` as `[N, spatial…, C]`.
  func channelsLast(_ x: ValueID, name: String) throws -> ValueID {
    let rank = try type(x).shape.rank
    let moved = try add(
      Transpose(permutation: [0] + Array(2..<rank) + [1]), [x], name: "\(name).channelsLast")
    channelsFirst[moved] = x
    return moved
  }
}
