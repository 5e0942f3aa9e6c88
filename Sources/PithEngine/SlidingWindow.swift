import PithGraph

/// A window over any number of spatial axes, as windows over planes.
///
/// The last two axes are the plane. Axes before them are cut: an output plane at one position of the outer axes reads as
/// many input planes as the window has taps along those axes.
struct SlidingWindow {
  let plane: PlaneWindow
  /// Input planes and output planes of one channel, and planes that one output plane reads.
  let outerInput: Int
  let outerOutput: Int
  let outerTaps: Int
  /// Which input plane each tap of each output plane reads; -1 where that is padding.
  private let planes: [Int]

  /// - Parameters:
  ///   - input: the sizes of the input's spatial axes, at least one.
  ///   - output: those of the output.
  init(_ window: Window, input: [Int], output: [Int]) throws {
    let outer = max(0, input.count - 2)
    let begin = window.pads(for: input).begin
    func pair(_ values: [Int], one: Int) -> (rows: Int, columns: Int) {
      (values.count > 1 ? values[values.count - 2] : one, values[values.count - 1])
    }
    plane = PlaneWindow(
      input: pair(input, one: 1), output: pair(output, one: 1), kernel: pair(window.kernel, one: 1),
      stride: pair(window.strides, one: 1), dilation: pair(window.dilations, one: 1),
      pad: pair(begin, one: 0))
    outerInput = input[..<outer].reduce(1, *)
    outerOutput = output[..<outer].reduce(1, *)
    let kernel = Array(window.kernel[..<outer])
    guard let taps = Shape.elementCount(kernel), taps <= 1 << 22,
      let entries = Shape.elementCount([taps, outerOutput]), entries <= 1 << 24
    else { throw GraphError("a window of \(window.kernel) has too many taps") }
    outerTaps = taps
    planes = (0..<entries).map { entry in
      var (position, tap) = entry.quotientAndRemainder(dividingBy: taps)
      var index = 0
      var scale = 1
      for axis in (0..<outer).reversed() {
        let at =
          position % output[axis] * window.strides[axis]
          + tap % kernel[axis] * window.dilations[axis] - begin[axis]
        guard at >= 0, at < input[axis] else { return -1 }
        index += at * scale
        scale *= input[axis]
        position /= output[axis]
        tap /= kernel[axis]
      }
      return index
    }
  }

  /// Whether every output is the input at the same place.
  var isIdentity: Bool {
    taps == 1 && plane.stride == (1, 1) && plane.pad == (0, 0) && plane.input == plane.output
      && outerInput == outerOutput && planes.indices.allSatisfy { planes[$0] == $0 }
  }

  /// Elements of one channel of the input and of the output.
  var inputCount: Int { outerInput * plane.input.rows * plane.input.columns }
  var outputCount: Int { outerOutput * planeOutputCount }
  var planeOutputCount: Int { plane.output.rows * plane.output.columns }

  /// Taps of the whole window.
  var taps: Int { outerTaps * plane.taps }

  /// Which plane of a channel a tap of the outer axes reads for an output plane; nil where it is padding.
  @inline(__always)
  func inputPlane(output: Int, tap: Int) -> Int? {
    let index = planes[output * outerTaps + tap]
    return index < 0 ? nil : index
  }

  /// The plane of a channel that a tap of the outer axes reads for an output plane; nil where it is padding.
  @inline(__always)
  func inputPlane(
    of channel: UnsafePointer<Float>, output: Int, tap: Int
  ) -> UnsafePointer<Float>? {
    inputPlane(output: output, tap: tap).map { channel + $0 * plane.input.rows * plane.input.columns }
  }

  /// The output plane cut into tiles of at most `limit` elements where a tile has more than one row or column.
  func tiles(limit: Int) -> [PlaneTile] {
    let (rows, columns) = plane.output
    guard rows > 0, columns > 0 else { return [] }
    func cuts(_ count: Int, _ most: Int) -> [Range<Int>] {
      let pieces = (count + most - 1) / most
      return (0..<pieces).map { $0 * count / pieces..<($0 + 1) * count / pieces }
    }
    let columnCuts = cuts(columns, max(1, limit))
    // A tile narrower than the plane has one row, so that its output is contiguous.
    let rowCuts = cuts(rows, columnCuts.count > 1 ? 1 : max(1, limit / columns))
    return rowCuts.flatMap { row in
      columnCuts.map { column in
        let tile = plane.tile(
          row: row.lowerBound, rows: row.count, column: column.lowerBound, columns: column.count)
        return PlaneTile(layout: tile.layout(), start: row.lowerBound * columns + column.lowerBound)
      }
    }
  }
}

/// A part of an output plane that is contiguous in it.
struct PlaneTile {
  let layout: PlaneLayout
  /// Its first element in the plane.
  let start: Int
  var count: Int { layout.window.output.rows * layout.window.output.columns }
}
