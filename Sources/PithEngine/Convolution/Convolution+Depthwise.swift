import CPithFloatKernels
import PithGraph

extension Convolution {
  /// Elements of an output tile: its sums stay in the first-level cache.
  private static let tileLimit = 4096

  /// Every group has one channel: nothing to share between outputs, so the taps are summed directly.
  func runDepthwise() throws {
    let tiles = window.tiles(limit: Self.tileLimit)
    let planeScratch = try tiles.map { try $0.layout.window.scratchCount() }.max() ?? 0
    let sumScratch = (tiles.map(\.layout.span).max() ?? 0) + 2 * PlaneWindow.slack
    guard let scratch = Shape.elementCount([window.outerTaps, planeScratch]), scratch <= 1 << 28 else {
      throw GraphError("a window of \(window.outerTaps) planes is too large")
    }
    let offsets = tiles.map { tile in
      (0..<window.outerTaps).flatMap { tap in
        tile.layout.tapOffsets.map { Int32(tap * planeScratch + $0) }
      }
    }
    let positions = window.outerOutput * tiles.count
    // Small maps take less time than handing out a task does, so that a task is several channels.
    let tasks = batch * channels * positions
    let grain = max(1, min(tasks / 8, (1 << 16) / max(1, window.planeOutputCount * window.taps)))
    Parallelism.forEach((tasks + grain - 1) / grain, scratch: scratch + sumScratch) { task, memory in
      for index in task * grain..<min(tasks, (task + 1) * grain) {
        let (plane, rest) = index.quotientAndRemainder(dividingBy: positions)
        let (position, tile) = rest.quotientAndRemainder(dividingBy: tiles.count)
        runDepthwiseTile(
          tiles[tile], offsets[tile], plane: plane, position: position, scratch: memory,
          planeScratch: planeScratch, sums: memory + scratch)
      }
    }
  }

  private func runDepthwiseTile(
    _ tile: PlaneTile, _ offsets: [Int32], plane: Int, position: Int, scratch: UnsafeMutablePointer<Float>,
    planeScratch: Int, sums: UnsafeMutablePointer<Float>
  ) {
    let layout = tile.layout
    let (image, channel) = plane.quotientAndRemainder(dividingBy: channels)
    let source = input + plane * window.inputCount
    for tap in 0..<window.outerTaps {
      layout.load(
        window.inputPlane(of: source, output: position, tap: tap), into: scratch + tap * planeScratch,
        padding: 0)
    }
    let (rows, width) = layout.window.output
    let kernels = FloatKernels.best
    for multiple in 0..<filtersPerGroup {
      let filter = channel * filtersPerGroup + multiple
      kernels.call.tap_sums?(
        scratch, offsets, weights + filter * window.taps, Int64(offsets.count), Int64(layout.span), sums)
      kernels.call.unpack?(
        sums, Int64(layout.pitch), Int64(rows), Int64(width), bias?[filter] ?? 0, clamp.low, clamp.high,
        output + (image * filters + filter) * window.outputCount + position * window.planeOutputCount
          + tile.start)
    }
  }
}
