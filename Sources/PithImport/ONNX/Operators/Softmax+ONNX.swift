import PithGraph

extension Softmax: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let listed = try node.int("axis")
    guard builder.opset < 13 else { return try builder.emit(Softmax(axis: listed ?? -1), node) }
    // Until opset 12 the softmax was over all axes from `axis` on, as if they were one.
    let x = try builder.required(node, 0)
    let shape = try builder.type(x).shape
    let first = try Operands.axis(listed ?? 1, rank: shape.rank)
    let wide = (first..<shape.rank).filter { shape[$0] != 1 }
    if wide.count <= 1 {
      return try builder.emit(Softmax(axis: wide.first ?? shape.rank - 1), node)
    }
    let matrix = try builder.emitPart(Flatten(axis: first), node, "flatten", inputs: [x])
    let result = try builder.emitPart(Softmax(axis: 1), node, "softmax", inputs: [matrix])
    let target: ValueID
    if shape.dimensions.filter({ $0.size == nil }).count <= 1 {
      target = builder.constant(node, "shape", Tensor(ints: shape.dimensions.map { $0.size ?? -1 }))
    } else {
      target = try builder.emitPart(ShapeOf(), node, "shape", inputs: [x])
    }
    try builder.emit(Reshape(), node, inputs: [result, target])
  }
}
