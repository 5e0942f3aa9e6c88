import PithGraph

extension ReduceMean: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let keeps = try node.flag("keepdims", default: true)
    guard builder.opset < 18 else {
      let op = ReduceMean(keepsDimensions: keeps, emptyMeansNone: try node.flag("noop_with_empty_axes"))
      return try builder.emit(op, node)
    }
    let x = try builder.required(node, 0)
    let axes = try node.ints("axes").map { builder.constant(node, "axes", Tensor(ints: $0)) }
    try builder.emit(ReduceMean(keepsDimensions: keeps), node, inputs: [x, axes])
  }
}
