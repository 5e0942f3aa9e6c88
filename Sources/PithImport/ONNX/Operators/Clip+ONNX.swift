import PithGraph

extension Clip: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    guard builder.opset < 11 else { return try builder.emit(Clip(), node) }
    let x = try builder.required(node, 0)
    let minimum = try node.float("min").map { builder.constant(node, "min", Tensor($0)) }
    let maximum = try node.float("max").map { builder.constant(node, "max", Tensor($0)) }
    try builder.emit(Clip(), node, inputs: [x, minimum, maximum])
  }
}
