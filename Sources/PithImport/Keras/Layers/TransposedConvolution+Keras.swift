import PithGraph

/// Transposed convolutions over one to three axes.
enum KerasTransposedConvolution: KerasReader {
  static let classNames = (1...3).flatMap { ["Conv\($0)DTranspose", "Convolution\($0)DTranspose"] }

  static func structure(of layer: KerasLayer, depth: Int) throws -> KerasStructure {
    try KerasDense.structure(of: layer, depth: depth)
  }

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let layer = call.layer
    let rank = layer.className.compactMap(\.wholeNumberValue).first ?? 2
    var x = try call.floatInput()
    try call.check(rank: rank + 2, x)
    x = try call.channelsFirst(x)
    guard let channels = try call.shape(x)[1].size else {
      throw GraphError("the number of its operand's channels is not known; build the model with it")
    }
    let filters = try layer.size("filters")
    let geometry = try KerasWindow(layer, kernel: "kernel_size", rank: rank)
    let (padding, added) = try padding(layer, geometry)
    let weights = try call.constant("kernel") {
      // [kernel…, out, in] as [in, out, kernel…].
      try layer.array("kernel", geometry.kernel + [filters, channels])
        .permuted([rank + 1, rank] + Array(0..<rank))
    }
    let bias =
      try layer.flag("use_bias", default: true)
      ? call.constant("bias") { try layer.array("bias", [filters]) } : nil
    let op = ConvTranspose(
      strides: geometry.strides, dilations: geometry.dilations, padding: padding, outputPadding: added)
    let y = try call.add(op, [x, weights, bias])
    return [try call.activated(try call.ownLayout(y))]
  }

  /// What is cut off and added so that the output has the size that Keras gives it, `input · stride` for "same" and
  /// `input · stride + max(kernel − stride, 0)` for "valid" unless `output_padding` says otherwise.
  private static func padding(_ layer: KerasLayer, _ geometry: KerasWindow) throws -> (Padding, [Int]) {
    let rank = geometry.kernel.count
    let listed = try layer.ints("output_padding").map { _ in
      try layer.ints("output_padding", count: rank, default: 0)
    }
    try geometry.window.validate(spatialRank: rank)
    var (begin, end, added) = ([Int](), [Int](), [Int]())
    for axis in 0..<rank {
      let (stride, extent) = (geometry.strides[axis], geometry.window.extent[axis])
      let isSame = geometry.padding == .sameUpper
      // The full output is (input − 1) · stride + extent; this is how much longer it is than the wanted one.
      let excess: Int
      if let listed {
        excess = (isSame ? 2 * (extent / 2) : 0) - listed[axis]
      } else {
        excess = extent - stride - (isSame ? 0 : max(extent - stride, 0))
      }
      let cut = isSame ? max(excess, 0) : 0
      begin.append(cut / 2)
      end.append(cut - cut / 2)
      guard cut - excess >= 0, cut - excess < 1 << 20 else {
        throw GraphError("its output_padding \(listed ?? []) does not make sense")
      }
      added.append(cut - excess)
    }
    return (.explicit(begin: begin, end: end), added)
  }
}
