import PithGraph

/// A convolution with all its sizes known: which of the ways to compute it to take, and the way by matrix products.
///
/// The matrix form (Chellapilla, Puri and Simard, "High Performance Convolutional Neural Networks for Document
/// Processing", 2006): a column of taps per output pixel, times the weights. Only a tile of columns exists at a time,
/// small enough to stay in cache; small maps of several images share a tile.
struct Convolution {
  let batch: Int
  let channels: Int
  let filters: Int
  let groups: Int
  let window: SlidingWindow
  let clamp: ClampBounds
  /// `[batch, channels, spatial…]`
  let input: UnsafePointer<Float>
  /// `[filters, channels / groups, kernel…]`
  let weights: UnsafePointer<Float>
  /// `[filters]`
  let bias: UnsafePointer<Float>?
  /// `[batch, filters, spatial…]`
  let output: UnsafeMutablePointer<Float>

  var channelsPerGroup: Int { channels / groups }
  var filtersPerGroup: Int { filters / groups }
  /// Taps that one output sums over.
  var inner: Int { channelsPerGroup * window.taps }

  func run() throws {
    if groups > 1, channelsPerGroup == 1 {
      try runDepthwise()
    } else if window.isIdentity, window.outputCount >= 64 {
      // The columns would be the input itself.
      runPointwise()
    } else {
      try runByColumns()
    }
  }

  private func runPointwise() {
    let size = window.outputCount
    let width = tileWidth(of: size, images: batch)
    let tiles = (size + width - 1) / width
    Parallelism.forEach(batch * tiles) { task, _ in
      let (image, tile) = task.quotientAndRemainder(dividingBy: tiles)
      let start = tile * size / tiles
      let count = (tile + 1) * size / tiles - start
      for group in 0..<groups {
        let target = output + (image * filters + group * filtersPerGroup) * size + start
        let source = input + (image * channels + group * channelsPerGroup) * size + start
        multiply(
          group: group, columns: MatrixOperand(base: source, pitch: size), count: count, target, pitch: size)
        finish(group: group, target, pitch: size, to: target, pitch: size, count: count)
      }
    }
  }

  /// How many columns to have at a time: few enough to stay in cache, enough for the product to be efficient, and few
  /// enough that there is work for several threads.
  private func tileWidth(of size: Int, images: Int) -> Int {
    let cached = min(1024, max(64, (1 << 19) / max(1, inner)))
    return images < 4 ? min(cached, max(64, size * images / 4)) : cached
  }

  private func runByColumns() throws {
    // Images and positions of the outer axes: whatever has a plane of its own.
    let planes = batch * window.outerOutput
    let width = tileWidth(of: window.planeOutputCount, images: planes)
    let tiles = window.tiles(limit: width)
    guard let widest = tiles.map(\.count).max() else { return }
    // A tile of one whole plane has room for more; still there should be eight tasks, or products of 128 columns.
    let shared =
      tiles.count > 1
      ? 1 : min(planes, max(min(width / widest, (planes + 7) / 8), 128 / widest, 1))
    let groupsOfPlanes = (planes + shared - 1) / shared
    let planeScratch = try tiles.map { try $0.layout.window.scratchCount() }.max() ?? 0
    let columnScratch = inner * (shared * widest + PlaneWindow.slack)
    let productScratch = shared > 1 ? filtersPerGroup * shared * widest : 0
    Parallelism.forEach(
      groupsOfPlanes * tiles.count, scratch: columnScratch + planeScratch + productScratch
    ) { task, scratch in
      let (first, tile) = task.quotientAndRemainder(dividingBy: tiles.count)
      let range = first * planes / groupsOfPlanes..<(first + 1) * planes / groupsOfPlanes
      for group in 0..<groups {
        runTile(
          tiles[tile], planes: range, group: group, columns: scratch, plane: scratch + columnScratch,
          product: scratch + columnScratch + planeScratch)
      }
    }
  }

  /// The outputs of one tile of one group of channels, for some planes.
  private func runTile(
    _ tile: PlaneTile, planes: Range<Int>, group: Int, columns: UnsafeMutablePointer<Float>,
    plane: UnsafeMutablePointer<Float>, product: UnsafeMutablePointer<Float>
  ) {
    let count = tile.count
    let width = planes.count * count
    let pitch = width + PlaneWindow.slack
    for (position, index) in planes.enumerated() {
      fill(columns + position * count, pitch: pitch, tile.layout, plane: index, group: group, scratch: plane)
    }
    let matrix = MatrixOperand(base: columns, pitch: pitch)
    func target(_ index: Int) -> UnsafeMutablePointer<Float> {
      let (image, position) = index.quotientAndRemainder(dividingBy: window.outerOutput)
      return output + (image * filters + group * filtersPerGroup) * window.outputCount
        + position * window.planeOutputCount + tile.start
    }
    if planes.count == 1 {
      let target = target(planes.lowerBound)
      multiply(group: group, columns: matrix, count: width, target, pitch: window.outputCount)
      finish(
        group: group, target, pitch: window.outputCount, to: target, pitch: window.outputCount, count: count)
    } else {
      multiply(group: group, columns: matrix, count: width, product, pitch: width)
      for (position, index) in planes.enumerated() {
        finish(
          group: group, product + position * count, pitch: width, to: target(index),
          pitch: window.outputCount,
          count: count)
      }
    }
  }

  /// Writes the taps of one plane's outputs, a row per tap.
  private func fill(
    _ columns: UnsafeMutablePointer<Float>, pitch: Int, _ layout: PlaneLayout, plane index: Int, group: Int,
    scratch: UnsafeMutablePointer<Float>
  ) {
    let (image, position) = index.quotientAndRemainder(dividingBy: window.outerOutput)
    let (rows, width) = layout.window.output
    var target = columns
    for channel in 0..<channelsPerGroup {
      let source = input + (image * channels + group * channelsPerGroup + channel) * window.inputCount
      for tap in 0..<window.outerTaps {
        layout.load(window.inputPlane(of: source, output: position, tap: tap), into: scratch, padding: 0)
        for offset in layout.tapOffsets {
          VectorLoops.pack(scratch + offset, pitch: layout.pitch, rows: rows, width: width, to: target)
          target += pitch
        }
      }
    }
  }

  private func multiply(
    group: Int, columns: MatrixOperand, count: Int, _ target: UnsafeMutablePointer<Float>, pitch: Int
  ) {
    let rows = MatrixOperand(base: weights + group * filtersPerGroup * inner, pitch: inner)
    MatrixProduct.multiply(
      rows: filtersPerGroup, columns: count, inner: inner, rows, columns, target, pitch: pitch)
  }

  /// Adds the bias and clamps.
  private func finish(
    group: Int, _ source: UnsafePointer<Float>, pitch: Int, to target: UnsafeMutablePointer<Float>,
    pitch targetPitch: Int, count: Int
  ) {
    if source == UnsafePointer(target), bias == nil, clamp.changesNothing { return }
    for filter in 0..<filtersPerGroup {
      VectorLoops.finish(
        source + filter * pitch, to: target + filter * targetPitch, count: count,
        bias: bias?[group * filtersPerGroup + filter] ?? 0, clamp)
    }
  }
}
