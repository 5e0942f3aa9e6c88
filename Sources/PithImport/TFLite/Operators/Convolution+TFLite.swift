import PithGraph

/// CONV_2D and DEPTHWISE_CONV_2D: a convolution of channels-last maps.
enum TFLiteConvolution: TFLiteReader {
  static let opTypes = ["CONV_2D", "DEPTHWISE_CONV_2D"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    let isDepthwise = node.opType == "DEPTHWISE_CONV_2D"
    let options = try node.options(isDepthwise ? .depthwiseConv2D : .conv2D)
    let x = try builder.required(node, 0)
    let shape = try builder.type(x).shape
    // Filters are [outputs, height, width, inputs of a group], depthwise ones [1, height, width, outputs].
    let weights = try builder.weights(node, 1, order: isDepthwise ? [3, 0, 1, 2] : [0, 3, 1, 2])
    guard shape.rank == 4, let channels = shape[3].size, channels > 0,
      let sizes = try builder.type(weights).shape.sizes, sizes[1] > 0, channels % sizes[1] == 0
    else {
      throw GraphError(
        "filters of shape \(try builder.type(weights).shape) do not fit a map of shape \(shape)")
    }
    let op = Conv(
      strides: [try options?.int(2) ?? 0, try options?.int(1) ?? 0],
      dilations: [
        try options?.int(isDepthwise ? 6 : 5, 1) ?? 1, try options?.int(isDepthwise ? 5 : 4, 1) ?? 1,
      ], padding: try padding(options, 0), groups: channels / sizes[1])
    let bias = try builder.bias(node, 2, weights: 1, channels: sizes[0])
    try builder.emitOnPlanes(
      op, node, x, [weights, bias],
      activation: Int(try options?.number(isDepthwise ? 4 : 3, Int8(0)) ?? 0))
  }

  /// SAME puts the odd pixel at the end.
  static func padding(_ options: FlatTable?, _ slot: Int) throws -> Padding {
    switch try options?.number(slot, Int8(0)) ?? 0 {
    case 0: return .sameUpper
    case 1: return .none(2)
    case let other: throw GraphError("its padding (number \(other)) is unknown")
    }
  }
}
