import PithGraph

extension Slice: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    guard builder.opset < 10 else { return try builder.emit(Slice(), node) }
    let x = try builder.required(node, 0)
    guard let starts = try node.ints("starts"), let ends = try node.ints("ends") else {
      throw GraphError("attribute 'starts' or 'ends' is missing")
    }
    let axes = try node.ints("axes").map { builder.constant(node, "axes", Tensor(ints: $0)) }
    let bounds = [starts, ends].map { Tensor(ints: $0) }
    try builder.emit(
      Slice(), node,
      inputs: [
        x, builder.constant(node, "starts", bounds[0]), builder.constant(node, "ends", bounds[1]), axes,
      ])
  }
}
