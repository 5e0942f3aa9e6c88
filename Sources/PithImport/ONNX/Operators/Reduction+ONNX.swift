import PithGraph

/// A reduction over axes, which stood in an attribute until some opset and are an operand from there on.
protocol ONNXReduction: ONNXReadable, Reduction {
  /// The first opset in which the axes are an operand.
  static var operandOpset: Int { get }
}

extension ONNXReduction {
  static var operandOpset: Int { 18 }

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let keeps = try node.flag("keepdims", default: true)
    guard builder.opset < operandOpset else {
      let op = Self(keepsDimensions: keeps, emptyMeansNone: try node.flag("noop_with_empty_axes"))
      return try builder.emit(op, node)
    }
    let x = try builder.required(node, 0)
    let axes = try node.ints("axes").map { builder.constant(node, "axes", Tensor(ints: $0)) }
    try builder.emit(Self(keepsDimensions: keeps, emptyMeansNone: false), node, inputs: [x, axes])
  }
}

extension ReduceSum: ONNXReduction {
  static var operandOpset: Int { 13 }
}

extension ReduceProd: ONNXReduction {}
extension ReduceMax: ONNXReduction {}
extension ReduceMin: ONNXReduction {}
extension ReduceL1: ONNXReduction {}
extension ReduceL2: ONNXReduction {}
extension ReduceSumSquare: ONNXReduction {}
extension ReduceLogSum: ONNXReduction {}
extension ReduceLogSumExp: ONNXReduction {}
extension ReduceMean: ONNXReduction {}
