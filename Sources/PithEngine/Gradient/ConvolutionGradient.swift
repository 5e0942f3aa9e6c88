import PithGraph

/// The gradients of a convolution by matrix products, with a column of taps per output pixel, as `Convolution` has them.
///
/// With G the gradient of W · columns: that of the columns is Wᵀ · G, and each tap's is added back to where it was read;
/// that of the weights is G · columnsᵀ.
struct ConvolutionGradient {
  let batch: Int
  let channels: Int
  let filters: Int
  let groups: Int
  let window: SlidingWindow

  private var channelsPerGroup: Int { channels / groups }
  private var filtersPerGroup: Int { filters / groups }
  private var inner: Int { channelsPerGroup * window.taps }

  /// Columns at a time: few enough to stay in cache.
  private var tiles: [PlaneTile] { window.tiles(limit: min(1024, max(64, (1 << 19) / max(1, inner)))) }

  private static func planeScratch(_ tiles: [PlaneTile]) throws -> Int {
    try tiles.map { try $0.layout.window.scratchCount() }.max() ?? 0
  }

  // MARK: Input

  func ofInput(_ gradient: Tensor, weights: Tensor, shape: [Int]) throws -> Tensor {
    var result = Tensor.zeros(shape)
    guard result.count > 0, gradient.count > 0 else { return result }
    let tiles = tiles
    let planeScratch = try Self.planeScratch(tiles)
    let columnScratch = inner * (tiles.map(\.count).max() ?? 0)
    let imageSize = channels * window.inputCount
    result.withMutableFloats { values in
      values.withUnsafeMutableBufferPointer { buffer in
        guard let target = buffer.baseAddress else { return }
        gradient.withFloats { gradient in
          weights.withFloats { weights in
            Parallelism.forEach(batch, scratch: columnScratch + planeScratch) { image, scratch in
              addImage(
                gradient + image * filters * window.outputCount, weights, to: target + image * imageSize,
                tiles, columns: scratch, plane: scratch + columnScratch)
            }
          }
        }
      }
    }
    return result
  }

  /// Adds what comes back to one image.
  private func addImage(
    _ gradient: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, to image: UnsafeMutablePointer<Float>,
    _ tiles: [PlaneTile], columns: UnsafeMutablePointer<Float>, plane: UnsafeMutablePointer<Float>
  ) {
    for group in 0..<groups {
      let weights = MatrixOperand(
        base: weights + group * filtersPerGroup * inner, pitch: inner, isTransposed: true)
      let channels = image + group * channelsPerGroup * window.inputCount
      for position in 0..<window.outerOutput {
        for tile in tiles {
          let source =
            gradient + group * filtersPerGroup * window.outputCount + position * window.planeOutputCount
            + tile.start
          MatrixProduct.multiply(
            rows: inner, columns: tile.count, inner: filtersPerGroup, weights,
            MatrixOperand(base: source, pitch: window.outputCount), columns, pitch: tile.count)
          addBack(columns, tile, position, to: channels, plane: plane)
        }
      }
    }
  }

  /// Adds the columns of a tile to the elements that their taps read.
  private func addBack(
    _ columns: UnsafePointer<Float>, _ tile: PlaneTile, _ position: Int,
    to channels: UnsafeMutablePointer<Float>, plane: UnsafeMutablePointer<Float>
  ) {
    let layout = tile.layout
    let (rows, width) = layout.window.output
    let planeSize = window.plane.input.rows * window.plane.input.columns
    // The slack is no part of the padded plane.
    let scratchCount = layout.elementCount
    var source = columns
    for channel in 0..<channelsPerGroup {
      for tap in 0..<window.outerTaps {
        guard let index = window.inputPlane(output: position, tap: tap) else {
          source += layout.tapOffsets.count * tile.count
          continue
        }
        plane.update(repeating: 0, count: scratchCount)
        for offset in layout.tapOffsets {
          for row in 0..<rows {
            VectorLoops.add(source + row * width, to: plane + offset + row * layout.pitch, count: width)
          }
          source += tile.count
        }
        layout.unload(plane, addingTo: channels + channel * window.inputCount + index * planeSize)
      }
    }
  }

  // MARK: Weights

  /// Sums over parts of the batch at the same time. How many there are does not depend on the number of threads.
  func ofWeights(_ gradient: Tensor, input: Tensor, shape: [Int]) throws -> Tensor {
    guard gradient.count > 0 else { return .zeros(shape) }
    let tiles = tiles
    let planeScratch = try Self.planeScratch(tiles)
    let pitch = (tiles.map(\.count).max() ?? 0) + PlaneWindow.slack
    let count = filters * inner
    let parts = min(batch, max(1, min(8, (1 << 22) / max(1, count))))
    var sums = [Float](repeating: 0, count: parts * count)
    sums.withUnsafeMutableBufferPointer { sums in
      gradient.withFloats { gradient in
        // An input without elements is never read, only its padding.
        input.withFloatsOrNothing { input in
          guard let sums = sums.baseAddress else { return }
          let input = input ?? gradient
          Parallelism.forEach(parts, scratch: inner * pitch + planeScratch) { part, scratch in
            for image in part * batch / parts..<(part + 1) * batch / parts {
              addWeights(
                gradient + image * filters * window.outputCount, input + image * channels * window.inputCount,
                to: sums + part * count, tiles, columns: scratch, plane: scratch + inner * pitch)
            }
          }
          for part in 1..<max(1, parts) { VectorLoops.add(sums + part * count, to: sums, count: count) }
        }
      }
    }
    return Tensor(shape: shape, floats: Array(sums[..<count]))
  }

  private func addWeights(
    _ gradient: UnsafePointer<Float>, _ image: UnsafePointer<Float>, to sums: UnsafeMutablePointer<Float>,
    _ tiles: [PlaneTile], columns: UnsafeMutablePointer<Float>, plane: UnsafeMutablePointer<Float>
  ) {
    for group in 0..<groups {
      let channels = image + group * channelsPerGroup * window.inputCount
      for position in 0..<window.outerOutput {
        for tile in tiles {
          let pitch = tile.count + PlaneWindow.slack
          fill(columns, pitch: pitch, tile, position, channels, scratch: plane)
          let source =
            gradient + group * filtersPerGroup * window.outputCount + position * window.planeOutputCount
            + tile.start
          MatrixProduct.multiply(
            rows: filtersPerGroup, columns: inner, inner: tile.count,
            MatrixOperand(base: source, pitch: window.outputCount),
            MatrixOperand(base: columns, pitch: pitch, isTransposed: true), beta: 1,
            sums + group * filtersPerGroup * inner, pitch: inner)
        }
      }
    }
  }

  /// Writes the taps of a tile's outputs, a row per tap.
  private func fill(
    _ columns: UnsafeMutablePointer<Float>, pitch: Int, _ tile: PlaneTile, _ position: Int,
    _ channels: UnsafePointer<Float>, scratch: UnsafeMutablePointer<Float>
  ) {
    let layout = tile.layout
    let (rows, width) = layout.window.output
    var target = columns
    for channel in 0..<channelsPerGroup {
      for tap in 0..<window.outerTaps {
        layout.load(
          window.inputPlane(of: channels + channel * window.inputCount, output: position, tap: tap),
          into: scratch, padding: 0)
        for offset in layout.tapOffsets {
          VectorLoops.pack(scratch + offset, pitch: layout.pitch, rows: rows, width: width, to: target)
          target += pitch
        }
      }
    }
  }
}
