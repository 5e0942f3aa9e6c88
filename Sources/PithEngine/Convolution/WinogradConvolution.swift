import CPithFloatKernels

/// A 3 × 3 convolution at stride 1, or the gradient of its input, in a quarter of the products (Lavin and Gray, "Fast
/// Algorithms for Convolutional Neural Networks", 2016).
///
/// Rounding errors are some ten times those of the sum itself, about 1e-6 of the largest output: well below what training
/// notices, but inference does without.
struct WinogradConvolution {
  private let tiles: WinogradTiles
  private let channels: (source: Int, target: Int)
  private let kernels: FloatKernels
  /// Where `pack` finds a target's weights, and in them each source's nine.
  private let targetStride: Int
  private let order: [Int32]

  /// y from x.
  /// - Returns: nil where the shape does not suit.
  static func forward(_ shape: ConvolutionShape, _ kernels: FloatKernels = .best) -> WinogradConvolution? {
    guard WinogradTiles.suit(shape) else { return nil }
    let tiles = WinogradTiles(batch: shape.batch, source: shape.input, target: shape.output, pad: shape.pad)
    return WinogradConvolution(
      tiles: tiles, channels: (shape.channels, shape.filters), kernels: kernels, targetStride: shape.inner,
      order: (0..<shape.inner).map { Int32($0) })
  }

  /// The gradient of x from that of y: the weights are turned around.
  /// - Returns: nil where the shape does not suit.
  static func inputGradient(
    _ shape: ConvolutionShape, _ kernels: FloatKernels = .best
  ) -> WinogradConvolution? {
    guard WinogradTiles.suit(shape) else { return nil }
    let tiles = WinogradTiles(
      batch: shape.batch, source: shape.output, target: shape.input,
      pad: (2 - shape.pad.rows, 2 - shape.pad.columns))
    return WinogradConvolution(
      tiles: tiles, channels: (shape.filters, shape.channels), kernels: kernels, targetStride: 9,
      order: (0..<shape.filters).flatMap { filter in (0..<9).map { Int32(filter * shape.inner + 8 - $0) } })
  }

  private var sourcePitch: Int { kernels.rounded(channels.source) }
  private var targetPitch: Int { kernels.rounded(channels.target) }
  /// Floats of one of the 36 matrices of weights.
  private var weightPlane: Int { channels.source * targetPitch }

  /// Arguments and results as those of `IndirectConvolution.run`.
  func run(
    _ source: UnsafePointer<Float>, weights: UnsafePointer<Float>, bias: UnsafePointer<Float>? = nil,
    clamp: ClampBounds = ClampBounds(nil), to target: UnsafeMutablePointer<Float>
  ) {
    let most = tiles.tilesPerTask
    let sizes = [
      36 * WinogradTiles.plane(most, sourcePitch), 36 * WinogradTiles.plane(most, targetPitch),
      tiles.sourcePixels * sourcePitch,
      tiles.targetPixels * targetPitch,
    ]
    let pixels = (0..<most).map { Int32($0 * sourcePitch) }
    let rows = (0..<most).map { Int32($0) }
    let taps = (0..<channels.source).map { Int32($0) }
    ScratchPool.lend(45 * weightPlane) { transformed in
      let packed = transformed + 36 * weightPlane
      kernels.call.pack?(
        weights, Int64(channels.target), Int64(targetStride), order, Int64(order.count), packed)
      kernels.call.winograd_weights?(packed, Int64(channels.source), Int64(channels.target), transformed)
      pixels.withUnsafeBufferPointer { pixels in
        rows.withUnsafeBufferPointer { rows in
          taps.withUnsafeBufferPointer { taps in
            let product = pith_float_conv(
              x: nil, pixels: pixels.baseAddress, rows: rows.baseAddress, pixel_count: 0,
              taps: taps.baseAddress, tap_count: Int64(channels.source), weights: transformed,
              filter_count: Int64(channels.target), output: nil, pitch: Int64(targetPitch))
            Parallelism.forEach(tiles.taskCount, scratch: sizes.reduce(0, +)) { index, scratch in
              run(tiles.task(index), product, source, bias, clamp, target, scratch: scratch, sizes)
            }
          }
        }
      }
    }
  }

  private func run(
    _ task: WinogradTiles.Task, _ product: pith_float_conv, _ source: UnsafePointer<Float>,
    _ bias: UnsafePointer<Float>?, _ clamp: ClampBounds, _ target: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>, _ sizes: [Int]
  ) {
    let inputs = scratch
    let outputs = inputs + sizes[0]
    let sourcePixels = outputs + sizes[1]
    let targetPixels = sourcePixels + sizes[2]
    let count = tiles.tileCount(task)
    let perImage = count / max(1, task.images.count)
    for (position, image) in task.images.enumerated() {
      tiles.transformSource(
        source + image * channels.source * tiles.source.rows * tiles.source.columns,
        channels: channels.source, task, tile: position * perImage, pixels: sourcePixels, to: inputs, kernels)
    }
    var product = product
    product.pixel_count = Int64(count)
    for index in 0..<36 {
      product.x = UnsafePointer(inputs + index * WinogradTiles.plane(count, sourcePitch))
      product.output = outputs + index * WinogradTiles.plane(count, targetPitch)
      kernels.call.conv?(&product)
      product.weights += weightPlane
    }
    let rows = tiles.targetRows(task.rows)
    let size = tiles.target.rows * tiles.target.columns
    for (position, image) in task.images.enumerated() {
      var arguments = tiles.targetArguments(
        task, tile: position * perImage, pitch: targetPitch, pixels: targetPixels, outputs)
      kernels.call.winograd_output?(&arguments)
      kernels.call.finish?(
        targetPixels, Int64(rows.count * tiles.target.columns), Int64(channels.target), Int64(targetPitch),
        target + image * channels.target * size + rows.lowerBound * tiles.target.columns, Int64(size), bias,
        clamp.low, clamp.high)
    }
  }
}
