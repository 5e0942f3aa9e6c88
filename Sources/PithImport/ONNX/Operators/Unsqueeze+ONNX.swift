import PithGraph

extension Unsqueeze: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    guard builder.opset < 13 else { return try builder.emit(Unsqueeze(), node) }
    let x = try builder.required(node, 0)
    let axes = try node.ints("axes").map { builder.constant(node, "axes", Tensor(ints: $0)) }
    try builder.emit(Unsqueeze(), node, inputs: [x, axes])
  }
}
