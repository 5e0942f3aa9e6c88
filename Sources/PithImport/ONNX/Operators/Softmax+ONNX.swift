import PithGraph

/// Softmax and its kin, which changed alike from opset to opset.
protocol ONNXReadableAxisFunction: ONNXReadable, AxisFunction {}

extension Softmax: ONNXReadableAxisFunction {}
extension LogSoftmax: ONNXReadableAxisFunction {}
extension Hardmax: ONNXReadableAxisFunction {}

extension ONNXReadableAxisFunction {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.readAxisFunction(node) { Self(axis: $0) }
  }
}

extension ONNXGraphBuilder {
  /// Adds a softmax or one of its kin, given how one along an axis is made.
  fileprivate func readAxisFunction(_ node: ONNXNode, _ make: (Int) -> any Operator) throws {
    let listed = try node.int("axis")
    guard opset < 13 else { return try emit(make(listed ?? -1), node) }
    // Until opset 12 the softmax was over all axes from `axis` on, as if they were one.
    let x = try required(node, 0)
    let shape = try type(x).shape
    let first = try Operands.axis(listed ?? 1, rank: shape.rank)
    let wide = (first..<shape.rank).filter { shape[$0] != 1 }
    if wide.count <= 1 { return try emit(make(wide.first ?? shape.rank - 1), node) }
    let matrix = try emitPart(Flatten(axis: first), node, "flatten", inputs: [x])
    let result = try emitPart(make(1), node, "softmax", inputs: [matrix])
    let target: ValueID
    if shape.dimensions.filter({ $0.size == nil }).count <= 1 {
      target = constant(node, "shape", Tensor(ints: shape.dimensions.map { $0.size ?? -1 }))
    } else {
      target = try emitPart(ShapeOf(), node, "shape", inputs: [x])
    }
    try emit(Reshape(), node, inputs: [result, target])
  }
}
