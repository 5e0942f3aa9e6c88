import PithGraph

/// Pooling of planes: the same loops as for a depthwise convolution, without weights.
struct Pooling {
  enum Kind {
    case maximum
    /// The divisor of an output is the product of `counts` at its position, an array per spatial axis.
    case average(counts: [[Float]])
  }

  let kind: Kind
  let window: SlidingWindow
  /// Images times channels.
  let planes: Int
  private let tileLimit = 4096

  /// - Parameters:
  ///   - input: `[planes, spatial…]`
  ///   - output: the same with the output's sizes.
  func run(_ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>) throws {
    let tiles = window.tiles(limit: tileLimit)
    let planeScratch = try tiles.map { try $0.layout.window.scratchCount() }.max() ?? 0
    let sumScratch = tiles.map(\.layout.span).max() ?? 0
    let positions = window.outerOutput * tiles.count
    let tasks = planes * positions
    let grain = max(1, min(tasks / 8, (1 << 16) / max(1, window.planeOutputCount * window.taps)))
    Parallelism.forEach((tasks + grain - 1) / grain, scratch: planeScratch + sumScratch) { task, memory in
      for index in task * grain..<min(tasks, (task + 1) * grain) {
        let (plane, rest) = index.quotientAndRemainder(dividingBy: positions)
        let (position, tile) = rest.quotientAndRemainder(dividingBy: tiles.count)
        runTile(
          tiles[tile], position: position, input + plane * window.inputCount,
          output + plane * window.outputCount + position * window.planeOutputCount + tiles[tile].start,
          scratch: memory, results: memory + planeScratch)
      }
    }
  }

  private func runTile(
    _ tile: PlaneTile, position: Int, _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>,
    scratch: UnsafeMutablePointer<Float>, results: UnsafeMutablePointer<Float>
  ) {
    let layout = tile.layout
    let (rows, width) = layout.window.output
    let neutral: Float
    switch kind {
    case .maximum: neutral = -.greatestFiniteMagnitude
    case .average: neutral = 0
    }
    results.update(repeating: neutral, count: layout.span)
    for tap in 0..<window.outerTaps {
      guard let plane = window.inputPlane(of: source, output: position, tap: tap) else { continue }
      layout.load(plane, into: scratch, padding: neutral)
      switch kind {
      case .maximum:
        for offset in layout.tapOffsets {
          VectorLoops.maximize(results, scratch + offset, count: layout.span)
        }
      case .average:
        for offset in layout.tapOffsets { VectorLoops.add(scratch + offset, to: results, count: layout.span) }
      }
    }
    switch kind {
    case .maximum:
      for row in 0..<rows { (target + row * width).update(from: results + row * layout.pitch, count: width) }
    case .average(let counts):
      let (firstRow, firstColumn) = tile.start.quotientAndRemainder(dividingBy: window.plane.output.columns)
      let outer = outerCount(position, counts)
      counts[counts.count - 1].withUnsafeBufferPointer { columns in
        for row in 0..<rows {
          let rowCount = counts.count > 1 ? counts[counts.count - 2][firstRow + row] : 1
          let sums = results + row * layout.pitch
          for column in 0..<width {
            target[row * width + column] = sums[column] / (outer * rowCount * columns[firstColumn + column])
          }
        }
      }
    }
  }

  /// The product of the counts of the axes before the plane.
  private func outerCount(_ position: Int, _ counts: [[Float]]) -> Float {
    var (rest, product) = (position, Float(1))
    for axis in counts.dropLast(2).reversed() {
      product *= axis[rest % axis.count]
      rest /= axis.count
    }
    return product
  }

  /// How many taps of a window are inside, for each output along one axis; at least 1, so that it can divide.
  static func counts(
    _ window: Window, axis: Int, input: Int, output: Int, pads: (begin: Int, end: Int), countsPadding: Bool
  ) -> [Float] {
    let (low, high) = countsPadding ? (-pads.begin, input + pads.end) : (0, input)
    let step = window.dilations[axis]
    return (0..<output).map { position in
      let first = position * window.strides[axis] - pads.begin
      let before = first >= low ? 0 : (low - first + step - 1) / step
      let after = first >= high ? 0 : (high - first + step - 1) / step
      return Float(max(1, min(after, window.kernel[axis]) - before))
    }
  }
}

extension Pooling {
  /// Pools the only operand of a node.
  static func evaluate(
    _ inputs: [Tensor?], _ window: Window, shape: [Int], _ kind: Kind
  ) throws -> [Tensor] {
    let x = try inputs.tensor(0)
    let values = try inputs.floats(0)
    let sliding = try SlidingWindow(
      window, input: Array(x.shape.dropFirst(2)), output: Array(shape.dropFirst(2)))
    let pooling = Pooling(kind: kind, window: sliding, planes: shape[0] * shape[1])
    return [
      try Tensor.computing(shape) { output in
        try values.withUnsafeBufferPointer { input in
          // An input without elements is never read, only its padding.
          try pooling.run(input.baseAddress ?? UnsafePointer(output), output)
        }
      }
    ]
  }
}
