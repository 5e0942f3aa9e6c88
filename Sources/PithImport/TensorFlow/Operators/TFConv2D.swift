import PithGraph

/// Convolutions of two and three axes; of one where TensorFlow puts an axis of 1 around it.
enum TFConv2D: TFReader {
  static let operators = ["Conv2D", "Conv3D", "DepthwiseConv2dNative"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let isDepthwise = node.op == "DepthwiseConv2dNative"
    let x: ValueID
    let apart: [Int]?
    if case .dilated(let image, let blocks) = try builder.known(node, 0) {
      (x, apart) = (image, blocks)
    } else {
      (x, apart) = (try builder.tensor(node, 0), nil)
    }
    let shape = try builder.type(x).shape
    let rank = node.op == "Conv3D" ? 5 : 4
    guard shape.rank == rank else {
      throw GraphError("the input has shape \(shape), but \(rank) axes are needed")
    }
    var window = try TFWindow(node, rank: rank)
    if let apart { try window.dilate(by: apart) }
    func result(_ y: ValueID) -> TFGraphBuilder.Known { apart.map { .dilated(y, by: $0) } ?? .tensor(y) }
    let filter = try builder.tensor(node, 1)
    let kernel = try builder.type(filter).shape
    guard let sizes = kernel.sizes, sizes.count == rank, sizes.allSatisfy({ $0 > 0 }) else {
      throw GraphError("the weights' shape \(kernel) must be known and positive")
    }
    // Their axes are rows, columns, inputs and outputs; for depthwise ones inputs and outputs of each.
    let spatial = Array(0..<(rank - 2))
    var weights = try builder.transposed(
      filter, (isDepthwise ? [rank - 2, rank - 1] : [rank - 1, rank - 2]) + spatial,
      name: "\(node.name).weights")
    var groups = 1
    guard let channels = shape[window.isChannelsLast ? rank - 1 : 1].size, channels > 0 else {
      throw GraphError("the number of channels of \(shape) must be known")
    }
    if isDepthwise {
      let (outputs, overflow) = sizes[rank - 2].multipliedReportingOverflow(by: sizes[rank - 1])
      guard !overflow else { throw GraphError("the weights' shape \(kernel) is too large") }
      groups = channels
      weights = try builder.reshaped(
        weights, Shape([outputs, 1] + sizes.prefix(rank - 2)).dimensions, name: "\(node.name).weights")
    } else {
      guard channels % sizes[rank - 2] == 0 else {
        throw GraphError("\(channels) channels do not fit weights of shape \(kernel)")
      }
      groups = channels / sizes[rank - 2]
    }
    if rank == 4, window.isChannelsLast, sizes[0] == 1, window.strides[0] == 1,
      let line = builder.beforeUnsqueezing(x, axis: 1)
    {
      // A line of pixels, with an axis of 1 only for this operator.
      var flat = try builder.type(weights).shape.dimensions
      flat.remove(at: 2)
      weights = try builder.reshaped(weights, flat, name: "\(node.name).line")
      let first = try builder.channelsFirst(line, name: node.name)
      let y = try builder.emit(window.dropping(axis: 0).convolution(groups), node, [first, weights])
      let last = try builder.channelsLast(y, name: node.name)
      return [result(try builder.unsqueezed(last, axis: 1, name: "\(node.name).plane"))]
    }
    guard window.isChannelsLast else {
      return [result(try builder.emit(window.convolution(groups), node, [x, weights]))]
    }
    let first = try builder.channelsFirst(x, name: node.name)
    let y = try builder.emit(window.convolution(groups), node, [first, weights])
    return [result(try builder.channelsLast(y, name: node.name))]
  }
}
