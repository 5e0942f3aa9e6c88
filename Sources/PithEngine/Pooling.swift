import PithGraph

/// Pooling of planes, an axis after the other: the largest of a window is the largest of its rows' largest, and so with
/// sums.
///
/// First the rows that an output row sees are combined, neighbours beside neighbours; then columns of what that leaves.
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

  /// Outputs whose rows are combined at a time: what that takes stays in the first-level cache.
  private static let tileLimit = 2048

  /// What padding counts as: it changes no result.
  private var neutral: Float {
    switch kind {
    case .maximum: -.greatestFiniteMagnitude
    case .average: 0
    }
  }

  /// From one combined row to the next: all columns that windows see, and whole strides.
  private func pitch(_ plane: PlaneWindow) -> Int {
    let seen =
      (plane.output.columns - 1) * plane.stride.columns + (plane.kernel.columns - 1) * plane.dilation.columns
      + 1
    return (seen + plane.stride.columns - 1) / plane.stride.columns * plane.stride.columns
  }

  /// - Parameters:
  ///   - input: `[planes, spatial…]`
  ///   - output: the same with the output's sizes.
  /// - Throws: `GraphError` where the window is out of all proportion.
  func run(_ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>) throws {
    let plane = window.plane
    guard window.taps <= 1 << 22, plane.output.rows > 0, plane.output.columns > 0 else {
      throw GraphError("a window of \(window.taps) elements has too many taps")
    }
    let pitch = pitch(plane)
    let tileRows = min(plane.output.rows, max(1, Self.tileLimit / max(plane.output.columns, pitch)))
    let combined = tileRows * pitch
    let span = tileRows * (pitch / plane.stride.columns)
    guard combined + span <= 1 << 28 else {
      throw GraphError("the window spans \(pitch) columns at once, which is too many")
    }
    let tiles = (plane.output.rows + tileRows - 1) / tileRows
    let tasks = planes * window.outerOutput * tiles
    // Small maps take less time than handing out a task does, so that a task is several of them.
    let grain = max(1, min(tasks / 8, (1 << 16) / (tileRows * plane.output.columns)))
    Parallelism.forEach((tasks + grain - 1) / grain, scratch: combined + span) { task, scratch in
      for index in task * grain..<min(tasks, (task + 1) * grain) {
        let (map, tile) = index.quotientAndRemainder(dividingBy: tiles)
        let (channel, position) = map.quotientAndRemainder(dividingBy: window.outerOutput)
        let rows = tile * tileRows..<min(plane.output.rows, (tile + 1) * tileRows)
        combineRows(rows, position, input + channel * window.inputCount, pitch, scratch)
        combineColumns(
          rows, position, scratch, pitch, results: scratch + combined,
          output + map * window.planeOutputCount + rows.lowerBound * plane.output.columns)
      }
    }
  }

  /// For each output row, the combination of the input rows that it sees, with padding at both ends.
  private func combineRows(
    _ rows: Range<Int>, _ position: Int, _ channel: UnsafePointer<Float>, _ pitch: Int,
    _ combined: UnsafeMutablePointer<Float>
  ) {
    let plane = window.plane
    let width = plane.input.columns
    let lead = min(plane.pad.columns, pitch)
    let inside = max(0, min(width, pitch - lead))
    var row = combined
    for output in rows {
      var isEmpty = true
      for outerTap in 0..<window.outerTaps {
        guard let source = window.inputPlane(of: channel, output: position, tap: outerTap) else { continue }
        for tap in 0..<plane.kernel.rows {
          let input = output * plane.stride.rows + tap * plane.dilation.rows - plane.pad.rows
          guard input >= 0, input < plane.input.rows else { continue }
          if isEmpty {
            (row + lead).update(from: source + input * width, count: inside)
          } else {
            combine(row + lead, source + input * width, count: inside)
          }
          isEmpty = false
        }
      }
      if isEmpty {
        row.update(repeating: neutral, count: pitch)
      } else {
        for index in 0..<lead { row[index] = neutral }
        for index in lead + inside..<pitch { row[index] = neutral }
      }
      row += pitch
    }
  }

  @inline(__always)
  private func combine(_ target: UnsafeMutablePointer<Float>, _ source: UnsafePointer<Float>, count: Int) {
    switch kind {
    case .maximum: VectorLoops.maximize(target, source, count: count)
    case .average: VectorLoops.add(source, to: target, count: count)
    }
  }

  /// Combines the columns of combined rows. As rows are whole strides apart, all of them are one row.
  private func combineColumns(
    _ rows: Range<Int>, _ position: Int, _ combined: UnsafePointer<Float>, _ pitch: Int,
    results scratch: UnsafeMutablePointer<Float>, _ target: UnsafeMutablePointer<Float>
  ) {
    let plane = window.plane
    let width = plane.output.columns
    let stride = plane.stride.columns
    let resultPitch = pitch / stride
    let span = (rows.count - 1) * resultPitch + width
    let results = resultPitch == width ? target : scratch
    for tap in 0..<plane.kernel.columns {
      let source = combined + tap * plane.dilation.columns
      if tap == 0 {
        VectorLoops.fold(results, source, stride: stride, count: span) { _, value in value }
        continue
      }
      switch kind {
      case .maximum: VectorLoops.fold(results, source, stride: stride, count: span) { $0 > $1 ? $0 : $1 }
      case .average: VectorLoops.fold(results, source, stride: stride, count: span) { $0 + $1 }
      }
    }
    switch kind {
    case .maximum:
      if results == target { return }
      for row in 0..<rows.count {
        (target + row * width).update(from: results + row * resultPitch, count: width)
      }
    case .average(let counts):
      let outer = outerCount(position, counts)
      counts[counts.count - 1].withUnsafeBufferPointer { columns in
        for (index, row) in rows.enumerated() {
          let count = outer * (counts.count > 1 ? counts[counts.count - 2][row] : 1)
          let sums = results + index * resultPitch
          for column in 0..<width {
            target[index * width + column] = sums[column] / (count * columns[column])
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
  /// - Throws: `GraphError` where the window is out of all proportion.
  static func evaluate(
    _ inputs: [Tensor?], _ window: Window, shape: [Int], _ kind: Kind
  ) throws -> [Tensor] {
    let x = try inputs.tensor(0)
    let values = try inputs.floats(0)
    let sliding = try SlidingWindow(
      window, input: Array(x.shape.dropFirst(2)), output: Array(shape.dropFirst(2)))
    if shape.contains(0) { return [Tensor(shape: shape, floats: [])] }
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
