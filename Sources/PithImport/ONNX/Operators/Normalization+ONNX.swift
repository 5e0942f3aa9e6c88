import PithGraph

/// ONNX's InstanceNormalization: a group for each channel.
enum ONNXInstanceNormalization: ONNXReader {
  static let opType = "InstanceNormalization"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let scale = try builder.type(try builder.required(node, 1)).shape
    guard scale.rank == 1, let channels = scale[0].size else {
      throw GraphError("the scale has shape \(scale), but one number a channel is needed")
    }
    node.ignore("consumed_inputs")
    try builder.emit(GroupNormalization(groups: channels, epsilon: try node.float("epsilon") ?? 1e-5), node)
  }
}

extension GroupNormalization: ONNXReadable {
  /// Opset 18 had a scale and a bias for each group, opset 21 has them for each channel.
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    guard let groups = try node.int("num_groups") else {
      throw GraphError("attribute 'num_groups' is missing")
    }
    node.ignore("stash_type")
    let op = GroupNormalization(groups: groups, epsilon: try node.float("epsilon") ?? 1e-5)
    let x = try builder.required(node, 0)
    let shape = try builder.type(x).shape
    guard builder.opset < 21, shape.rank >= 2, let channels = shape[1].size, channels != groups, groups > 0,
      channels % groups == 0
    else { return try builder.emit(op, node) }
    let parameters = try (1...2).map { index in
      let each = try builder.required(node, index)
      guard try builder.type(each).shape == [.fixed(groups)] else {
        throw GraphError(
          "operand \(index) has shape \(try builder.type(each).shape), but [\(groups)] is needed")
      }
      let indices = (0..<channels).map { $0 / (channels / groups) }
      return try builder.emitPart(
        Gather(), node, "channels\(index)",
        inputs: [each, builder.constant(node, "groups\(index)", Tensor(ints: indices))])
    }
    try builder.emit(op, node, inputs: [x] + parameters)
  }
}

extension LayerNormalization: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    node.ignore("stash_type")
    let op = LayerNormalization(axis: try node.int("axis") ?? -1, epsilon: try node.float("epsilon") ?? 1e-5)
    try builder.emit(op, node, outputs: Array(node.outputs.prefix(1)))
    guard builder.uses(node, output: 1) || builder.uses(node, output: 2) else { return }
    let x = try builder.required(node, 0)
    let rank = try builder.type(x).shape.rank
    let axes = Array(try Operands.axis(op.axis, rank: rank)..<rank)
    let mean = try builder.reduce(ReduceMean(), node, "mean", x, axes)
    let centred = try builder.emitPart(Sub(), node, "centred", inputs: [x, mean])
    let squares = try builder.emitPart(Mul(), node, "squares", inputs: [centred, centred])
    let variance = try builder.reduce(ReduceMean(), node, "variance", squares, axes)
    let shifted = try builder.emitPart(
      Add(), node, "shifted", inputs: [variance, builder.constant(node, "epsilon", Tensor(op.epsilon))])
    let deviation = try builder.emitPart(Sqrt(), node, "deviation", inputs: [shifted])
    if node.outputs.count > 1, !node.outputs[1].isEmpty { builder.bind(node.outputs[1], to: mean) }
    if node.outputs.count > 2, !node.outputs[2].isEmpty {
      builder.bind(
        node.outputs[2], to: try builder.emitPart(Reciprocal(), node, "inverse", inputs: [deviation]))
    }
  }
}

/// ONNX's RMSNormalization: x / √(mean of squares + epsilon) · scale, over all axes from one on.
enum ONNXRMSNormalization: ONNXReader {
  static let opType = "RMSNormalization"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    node.ignore("stash_type")
    let x = try builder.required(node, 0)
    let rank = try builder.type(x).shape.rank
    let axes = Array(try Operands.axis(try node.int("axis") ?? -1, rank: rank)..<rank)
    let squares = try builder.emitPart(Mul(), node, "squares", inputs: [x, x])
    let mean = try builder.reduce(ReduceMean(), node, "mean", squares, axes)
    let epsilon = builder.constant(node, "epsilon", Tensor(try node.float("epsilon") ?? 1e-5))
    let shifted = try builder.emitPart(Add(), node, "shifted", inputs: [mean, epsilon])
    let root = try builder.emitPart(Sqrt(), node, "root", inputs: [shifted])
    let normalized = try builder.emitPart(Div(), node, "normalized", inputs: [x, root])
    try builder.emit(Mul(), node, inputs: [normalized, try builder.required(node, 1)])
  }
}

/// ONNX's MeanVarianceNormalization: (x − mean) / (deviation + 1e-9) over axes.
enum ONNXMeanVarianceNormalization: ONNXReader {
  static let opType = "MeanVarianceNormalization"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let x = try builder.required(node, 0)
    let axes = try node.ints("axes") ?? [0, 2, 3]
    let mean = try builder.reduce(ReduceMean(), node, "mean", x, axes)
    let centred = try builder.emitPart(Sub(), node, "centred", inputs: [x, mean])
    let squares = try builder.emitPart(Mul(), node, "squares", inputs: [centred, centred])
    let variance = try builder.reduce(ReduceMean(), node, "variance", squares, axes)
    let deviation = try builder.emitPart(Sqrt(), node, "deviation", inputs: [variance])
    let divisor = try builder.emitPart(
      Add(), node, "divisor", inputs: [deviation, builder.constant(node, "epsilon", Tensor(1e-9))])
    try builder.emit(Div(), node, inputs: [centred, divisor])
  }
}

/// ONNX's LpNormalization: x divided by its norm along an axis.
enum ONNXLpNormalization: ONNXReader {
  static let opType = "LpNormalization"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let x = try builder.required(node, 0)
    let axes = [try node.int("axis") ?? -1]
    let power = try node.int("p") ?? 2
    guard power == 1 || power == 2 else { throw GraphError("a norm of power \(power) is neither 1 nor 2") }
    let norm =
      power == 1
      ? try builder.reduce(ReduceL1(), node, "norm", x, axes)
      : try builder.reduce(ReduceL2(), node, "norm", x, axes)
    // A row of zeros stays one.
    let zero = builder.constant(node, "zero", Tensor(0))
    let isZero = try builder.emitPart(Equal(), node, "is_zero", inputs: [norm, zero])
    let divisor = try builder.emitPart(
      Where(), node, "divisor", inputs: [isZero, builder.constant(node, "one", Tensor(1)), norm])
    try builder.emit(Div(), node, inputs: [x, divisor])
  }
}

extension ONNXGraphBuilder {
  /// A reduction that a node is composed of.
  func reduce(_ op: any Reduction, _ node: ONNXNode, _ suffix: String, _ x: ValueID, _ axes: [Int]) throws
    -> ValueID
  {
    try emitPart(op, node, suffix, inputs: [x, constant(node, "\(suffix)_axes", Tensor(ints: axes))])
  }
}
