import PithGraph

extension Conv: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(try read(node, builder, weights: try builder.required(node, 1)), node)
  }

  /// The convolution that the attributes of a node say.
  static func read(_ node: ONNXNode, _ builder: ONNXGraphBuilder, weights: ValueID) throws -> Conv {
    let weights = try builder.type(weights).shape
    let rank = Swift.max(0, weights.rank - 2)
    if let kernel = try node.ints("kernel_shape"), let sizes = weights.sizes,
      kernel != Array(sizes.dropFirst(2))
    {
      throw GraphError("kernel_shape \(kernel) does not agree with weights of shape \(weights)")
    }
    let ones = Array(repeating: 1, count: rank)
    return Conv(
      strides: try node.ints("strides") ?? ones, dilations: try node.ints("dilations") ?? ones,
      padding: try node.padding(spatialRank: rank), groups: try node.int("group") ?? 1)
  }
}
