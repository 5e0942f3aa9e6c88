import PithGraph

extension Convolution {
  /// Elements of an output tile: its sums stay in the first-level cache while all taps are added.
  private static let tileLimit = 4096

  /// Every group has one channel: nothing to share between outputs, so the taps are summed directly.
  func runDepthwise() throws {
    let tiles = window.tiles(limit: Self.tileLimit)
    let planeScratch = try tiles.map { try $0.layout.window.scratchCount() }.max() ?? 0
    let sumScratch = tiles.map(\.layout.span).max() ?? 0
    guard let scratch = Shape.elementCount([window.outerTaps, planeScratch]), scratch <= 1 << 28 else {
      throw GraphError("a window of \(window.outerTaps) planes is too large")
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
          tiles[tile], plane: plane, position: position, scratch: memory, planeScratch: planeScratch,
          sums: memory + scratch)
      }
    }
  }

  private func runDepthwiseTile(
    _ tile: PlaneTile, plane: Int, position: Int, scratch: UnsafeMutablePointer<Float>, planeScratch: Int,
    sums: UnsafeMutablePointer<Float>
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
    for multiple in 0..<filtersPerGroup {
      let filter = channel * filtersPerGroup + multiple
      sums.update(repeating: 0, count: layout.span)
      for tap in 0..<window.outerTaps {
        addTaps(
          weights + filter * window.taps + tap * layout.tapOffsets.count, scratch + tap * planeScratch,
          layout,
          into: sums)
      }
      let target =
        output + (image * filters + filter) * window.outputCount + position * window.planeOutputCount
        + tile.start
      for row in 0..<rows {
        VectorLoops.finish(
          sums + row * layout.pitch, to: target + row * width, count: width, bias: bias?[filter] ?? 0, clamp)
      }
    }
  }

  /// Adds the taps of one plane to the sums of a tile; sums between rows are of no use and do no harm.
  private func addTaps(
    _ factors: UnsafePointer<Float>, _ plane: UnsafePointer<Float>, _ layout: PlaneLayout,
    into sums: UnsafeMutablePointer<Float>
  ) {
    layout.tapOffsets.withUnsafeBufferPointer { offsets in
      var tap = 0
      while tap + 3 <= offsets.count {
        VectorLoops.accumulate(
          plane + offsets[tap], times: factors[tap], plane + offsets[tap + 1], times: factors[tap + 1],
          plane + offsets[tap + 2], times: factors[tap + 2], into: sums, count: layout.span)
        tap += 3
      }
      while tap < offsets.count {
        VectorLoops.accumulate(plane + offsets[tap], times: factors[tap], into: sums, count: layout.span)
        tap += 1
      }
    }
  }
}
