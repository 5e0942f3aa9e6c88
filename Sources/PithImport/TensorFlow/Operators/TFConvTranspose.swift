import PithGraph

/// A convolution's gradient by its input, which is what a transposed convolution computes.
enum TFConvTranspose: TFReader {
  static let operators = ["Conv2DBackpropInput", "Conv2DBackpropInputV2", "Conv3DBackpropInputV2"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let rank = node.op.hasPrefix("Conv3D") ? 5 : 4
    let x = try builder.tensor(node, 2)
    let shape = try builder.type(x).shape
    guard shape.rank == rank else {
      throw GraphError("the input has shape \(shape), but \(rank) axes are needed")
    }
    let window = try TFWindow(node, rank: rank)
    let filter = try builder.tensor(node, 1)
    let kernel = try builder.type(filter).shape
    guard let sizes = kernel.sizes, sizes.count == rank, sizes.allSatisfy({ $0 > 0 && $0 < 1 << 20 }) else {
      throw GraphError("the weights' shape \(kernel) must be known and positive")
    }
    // Their axes are rows, columns, outputs and inputs.
    let weights = try builder.transposed(
      filter, [rank - 1, rank - 2] + Array(0..<(rank - 2)), name: "\(node.name).weights")
    let spatial = window.isChannelsLast ? Array(1..<(rank - 1)) : Array(2..<rank)
    guard let target = try builder.integers(node, 0)?.elements,
      target.count == rank || target.count == rank - 2
    else {
      throw GraphError(
        "the sizes of the output must be known when the model is read; export it with fixed shapes")
    }
    let wanted = target.count == rank ? spatial.map { target[$0] } : target
    let geometry = Window(
      kernel: Array(sizes.prefix(rank - 2)), strides: window.strides, dilations: window.dilations)
    try geometry.validate(spatialRank: rank - 2)
    var op = ConvTranspose(
      strides: window.strides, dilations: window.dilations, padding: window.padding,
      outputPadding: Array(repeating: 0, count: rank - 2))
    let (inputs, outputs) = (spatial.compactMap { shape[$0].size }, wanted.compactMap(\.size))
    if inputs.count == rank - 2, outputs.count == rank - 2 {
      try fit(&op, geometry, inputs: inputs, outputs: outputs, same: window.padding == .sameUpper)
    }
    guard window.isChannelsLast else { return [.tensor(try builder.emit(op, node, [x, weights]))] }
    let y = try builder.emit(op, node, [try builder.channelsFirst(x, name: node.name), weights])
    return [.tensor(try builder.channelsLast(y, name: node.name))]
  }

  /// Chooses pads and added rows so that the output has just these sizes.
  private static func fit(
    _ op: inout ConvTranspose, _ window: Window, inputs: [Int], outputs: [Int], same: Bool
  ) throws {
    var (begin, end, added) = ([Int](), [Int](), [Int]())
    for axis in inputs.indices {
      let full = (inputs[axis] - 1) * window.strides[axis] + window.extent[axis]
      if case .explicit(let before, let after) = op.padding {
        begin.append(before[axis])
        end.append(after[axis])
      } else {
        let total = Swift.max(0, full - outputs[axis])
        begin.append(total / 2)
        end.append(total - total / 2)
      }
      added.append(outputs[axis] - (full - begin[axis] - end[axis]))
      guard added[axis] >= 0 else {
        throw GraphError("an axis of \(inputs[axis]) does not become one of \(outputs[axis]) by its window")
      }
    }
    op.padding = .explicit(begin: begin, end: end)
    op.outputPadding = added
  }
}
