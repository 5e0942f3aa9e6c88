import CPithFloatKernels

/// The gradient of the weights of a 3 × 3 convolution at stride 1, in a quarter of the products: the transposes of the
/// transforms of `WinogradConvolution`.
struct WinogradFilterGradient {
  private let shape: ConvolutionShape
  private let tiles: WinogradTiles
  private let kernels: FloatKernels

  /// - Returns: nil where the shape does not suit.
  init?(_ shape: ConvolutionShape, _ kernels: FloatKernels = .best) {
    guard WinogradTiles.suit(shape) else { return nil }
    self.shape = shape
    self.kernels = kernels
    tiles = WinogradTiles(batch: shape.batch, source: shape.input, target: shape.output, pad: shape.pad)
  }

  private var sourcePitch: Int { kernels.rounded(shape.channels) }
  private var targetPitch: Int { kernels.rounded(shape.filters) }
  /// Floats of one of the 36 matrices of sums.
  private var sumPlane: Int { shape.channels * targetPitch }
  /// All of them.
  private var sumCount: Int { 36 * sumPlane }
  /// Sums of their own for so many parts of the batch, whatever the number of threads; fewer where they are large.
  private var parts: Int {
    max(1, min(tiles.taskCount, sumCount > 1 << 17 ? 4 : 8, (1 << 24) / max(1, sumCount)))
  }

  /// - Parameters:
  ///   - x: `[batch, channels, rows, columns]`
  ///   - gradient: of the output, `[batch, filters, rows, columns]`
  ///   - weights: `[filters, channels, 3, 3]`; every element is written.
  func run(
    _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>, weights: UnsafeMutablePointer<Float>
  ) {
    let most = tiles.tilesPerTask
    let sizes = [
      36 * WinogradTiles.plane(most, sourcePitch), 36 * WinogradTiles.plane(most, targetPitch),
      tiles.sourcePixels * sourcePitch,
      tiles.targetPixels * targetPitch,
    ]
    let parts = parts
    ScratchPool.lend(parts * sumCount + 9 * sumPlane) { sums in
      Parallelism.forEach(parts, scratch: sizes.reduce(0, +)) { part, scratch in
        let own = sums + part * sumCount
        own.update(repeating: 0, count: sumCount)
        for index in part * tiles.taskCount / parts..<(part + 1) * tiles.taskCount / parts {
          add(tiles.task(index), x, gradient, to: own, scratch: scratch, sizes)
        }
      }
      Parallelism.forEachRange(sumCount, grain: 1 << 14) { range in
        for part in 1..<parts {
          kernels.add(
            sums + part * sumCount + range.lowerBound, count: range.count, to: sums + range.lowerBound)
        }
      }
      let taps = sums + parts * sumCount
      kernels.call.winograd_filter?(sums, Int64(shape.channels), Int64(targetPitch), taps)
      kernels.call.transpose?(
        taps, Int64(shape.inner), Int64(shape.filters), Int64(targetPitch), weights, Int64(shape.inner))
    }
  }

  /// Adds what a task's tiles contribute.
  private func add(
    _ task: WinogradTiles.Task, _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>,
    to sums: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>, _ sizes: [Int]
  ) {
    let inputs = scratch
    let gradients = inputs + sizes[0]
    let sourcePixels = gradients + sizes[1]
    let targetPixels = sourcePixels + sizes[2]
    let count = tiles.tileCount(task)
    let perImage = count / max(1, task.images.count)
    let rows = tiles.targetRows(task.rows)
    for (position, image) in task.images.enumerated() {
      tiles.transformSource(
        x + image * shape.channels * shape.inputCount, channels: shape.channels, task,
        tile: position * perImage, pixels: sourcePixels, to: inputs, kernels)
      kernels.call.transpose_padded?(
        gradient + image * shape.filters * shape.outputCount + rows.lowerBound * shape.output.columns,
        Int64(shape.filters), Int64(rows.count * shape.output.columns), Int64(shape.outputCount),
        targetPixels,
        Int64(targetPitch))
      var arguments = tiles.targetArguments(
        task, tile: position * perImage, pitch: targetPitch, pixels: targetPixels, gradients)
      kernels.call.winograd_gradient?(&arguments)
    }
    let pixels = (0..<count).map { Int32($0 * sourcePitch) }
    let taps = (0..<shape.channels).map { Int32($0) }
    pixels.withUnsafeBufferPointer { pixels in
      taps.withUnsafeBufferPointer { taps in
        for index in 0..<36 {
          var product = pith_float_filter_gradient(
            x: inputs + index * WinogradTiles.plane(count, sourcePitch), pixels: pixels.baseAddress,
            pixel_count: Int64(count),
            taps: taps.baseAddress, tap_count: Int64(shape.channels),
            gradient: gradients + index * WinogradTiles.plane(count, targetPitch),
            filter_count: Int64(shape.filters),
            sums: sums + index * sumPlane, pitch: Int64(targetPitch))
          kernels.call.filter_gradient?(&product)
        }
      }
    }
  }
}
