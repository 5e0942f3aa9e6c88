import PithGraph

/// An argument of a call besides its first: tensors of the network, or what stands in the file.
indirect enum KerasArgument {
  case value(ValueID)
  case list([KerasArgument])
  case json(JSONValue)

  /// The tensors in it.
  var values: [ValueID] {
    switch self {
    case .value(let id): [id]
    case .list(let list): list.flatMap(\.values)
    case .json: []
    }
  }

  var json: JSONValue? { if case .json(let value) = self, value != .null { value } else { nil } }
}

/// One call of a layer: what its reader needs to translate it.
struct KerasCall {
  let layer: KerasLayer
  let inputs: [ValueID]
  let arguments: [String: KerasArgument]
  let builder: KerasGraphBuilder

  /// The operand of a layer that takes only one.
  func input() throws -> ValueID {
    guard inputs.count == 1 else { throw GraphError("it has \(inputs.count) operands, but takes one") }
    return inputs[0]
  }

  /// The only operand as float32; Keras converts integers by itself.
  func floatInput() throws -> ValueID { try float(try input()) }

  func float(_ id: ValueID) throws -> ValueID {
    if try builder.type(id).element.isFloatingPoint { return id }
    return try add(Cast(to: .float32), [id], "cast")
  }

  func shape(_ id: ValueID) throws -> Shape { try builder.type(id).shape }

  /// The size of an axis, which must be known.
  func size(_ id: ValueID, _ axis: Int) throws -> Int {
    let shape = try shape(id)
    let axis = try Operands.axis(axis, rank: shape.rank)
    guard let size = shape[axis].size else {
      throw GraphError("axis \(axis) of its operand has no fixed size; build the model with one")
    }
    return size
  }

  // MARK: Adding

  /// Adds an operator that bears the layer's name, or with a suffix one that the layer is composed of besides.
  func add(_ op: any Operator, _ inputs: [ValueID?], _ suffix: String? = nil) throws -> ValueID {
    try add(op, inputs, outputs: 1, suffix)[0]
  }

  func add(_ op: any Operator, _ inputs: [ValueID?], outputs count: Int, _ suffix: String? = nil) throws
    -> [ValueID]
  {
    let path = builder.scope + layer.name
    let node = builder.unique(suffix.map { "\(path).\($0)" } ?? "\(path).\(op.name.lowercased())")
    let names = (0..<count).map { $0 == 0 ? node : builder.unique("\(node):\($0)") }
    return try builder.add(op, inputs, outputs: names, name: suffix == nil ? path : node)
  }

  /// A constant that is made but once, however often the layer is called.
  func constant(_ key: String, _ make: () throws -> Tensor) rethrows -> ValueID {
    try layer.constant(key, in: builder, make)
  }

  func integers(_ key: String, _ values: [Int]) -> ValueID {
    constant("\(key).\(values.map(String.init).joined(separator: ","))") { Tensor(ints: values) }
  }

  func scalar(_ key: String, _ value: Float) -> ValueID { constant("\(key).\(value)") { Tensor(value) } }

  /// The same value with axis i of the result being axis `order[i]`; itself where that changes nothing.
  func transpose(_ x: ValueID, _ order: [Int], _ suffix: String) throws -> ValueID {
    if order == Array(order.indices) { return x }
    return try add(Transpose(permutation: order), [x], suffix)
  }

  /// A map of the layer's own layout with the channels as axis 1.
  func channelsFirst(_ x: ValueID) throws -> ValueID {
    let rank = try shape(x).rank
    guard try layer.isChannelsLast(), rank > 2 else { return x }
    return try transpose(x, [0, rank - 1] + Array(1..<(rank - 1)), "nchw")
  }

  /// The way back.
  func ownLayout(_ x: ValueID) throws -> ValueID {
    let rank = try shape(x).rank
    guard try layer.isChannelsLast(), rank > 2 else { return x }
    return try transpose(x, [0] + Array(2..<rank) + [1], "nhwc")
  }

  func reshape(_ x: ValueID, _ shape: [Int], _ suffix: String) throws -> ValueID {
    try add(Reshape(), [x, integers("shape", shape)], suffix)
  }

  func squeeze(_ x: ValueID, _ axes: [Int], _ suffix: String) throws -> ValueID {
    try add(Squeeze(), [x, integers("axes", axes)], suffix)
  }

  func unsqueeze(_ x: ValueID, _ axes: [Int], _ suffix: String) throws -> ValueID {
    try add(Unsqueeze(), [x, integers("axes", axes)], suffix)
  }

  /// The operand must have as many axes as the layer is for.
  func check(rank: Int, _ x: ValueID) throws {
    let shape = try shape(x)
    guard shape.rank == rank else {
      throw GraphError("its operand has shape \(shape), but \(rank) axes are needed")
    }
  }
}
