import PithGraph

/// A window that slides over one plane, as loops over contiguous memory.
///
/// The plane is copied into a scratch with its padding around it, its rows and columns dealt out by their remainder
/// modulo the strides ("phases"). Then a tap of the window reads, for all outputs of a row, neighbouring elements,
/// whatever the stride and the dilation are, and rows follow one another at `pitch`: convolutions and pools of every
/// geometry become the same loops, which vectorize.
struct PlaneWindow {
  /// Rows and columns of the input plane.
  var input: (rows: Int, columns: Int)
  /// Rows and columns of the output, or of the tile of it that is asked for.
  var output: (rows: Int, columns: Int)
  var kernel: (rows: Int, columns: Int)
  var stride: (rows: Int, columns: Int)
  var dilation: (rows: Int, columns: Int)
  /// The padding before the first row and column; negative where a tile begins inside.
  var pad: (rows: Int, columns: Int)

  /// Floats past the end that may be read, and are there: loops go on to the end of a vector.
  static let slack = 16

  /// The part of the window's output that begins at a row and a column.
  func tile(row: Int, rows: Int, column: Int, columns: Int) -> PlaneWindow {
    var tile = self
    tile.output = (rows, columns)
    tile.pad = (pad.rows - row * stride.rows, pad.columns - column * stride.columns)
    return tile
  }

  var taps: Int { kernel.rows * kernel.columns }

  /// Rows of one phase.
  var phaseRows: Int { output.rows + (kernel.rows - 1) * dilation.rows / stride.rows }

  /// Columns of one phase: the distance from one row to the next.
  var pitch: Int { output.columns + (kernel.columns - 1) * dilation.columns / stride.columns }

  /// How many elements, rows at `pitch`, lead from the first output to the last.
  var span: Int { (output.rows - 1) * pitch + output.columns }

  /// The phases in use, by their remainders: rows of them, columns of them.
  private var phases: (rows: [Int], columns: [Int]) {
    func remainders(_ kernel: Int, _ dilation: Int, _ stride: Int) -> [Int] {
      // Remainders come round again after `stride` taps at the latest.
      Set((0..<min(kernel, stride)).map { $0 * dilation % stride }).sorted()
    }
    return (
      remainders(kernel.rows, dilation.rows, stride.rows),
      remainders(kernel.columns, dilation.columns, stride.columns)
    )
  }

  /// Floats of scratch that a padded plane takes, the slack included.
  /// - Throws: `GraphError` where that is out of all proportion.
  func scratchCount() throws -> Int {
    guard let taps = Shape.elementCount([kernel.rows, kernel.columns]), taps <= 1 << 22 else {
      throw GraphError("a window of \(kernel.rows) × \(kernel.columns) has too many taps")
    }
    let phases = phases
    guard let count = Shape.elementCount([phases.rows.count, phases.columns.count, phaseRows, pitch]),
      count <= 1 << 28
    else { throw GraphError("the window spans \(phaseRows) × \(pitch) elements at once, which is too many") }
    return count + Self.slack
  }

  /// The same loops for a plane, worked out once.
  func layout() -> PlaneLayout { PlaneLayout(self, phases.rows, phases.columns) }
}

/// Where the elements of a padded plane are in the scratch, and where each tap begins.
struct PlaneLayout {
  let window: PlaneWindow
  let pitch: Int
  let span: Int
  /// Where the first output's element is, for each tap, row by row.
  let tapOffsets: [Int]
  private let rowPhases: [Int]
  /// For each column phase its remainder, and which of its columns come from the plane.
  private let columnPhases: [(remainder: Int, inside: Range<Int>)]
  private let phaseRows: Int
  /// Elements of the scratch without its slack.
  var elementCount: Int { rowPhases.count * columnPhases.count * phaseRows * pitch }

  fileprivate init(_ window: PlaneWindow, _ rowPhases: [Int], _ columnPhases: [Int]) {
    self.window = window
    let pitch = window.pitch
    let phaseRows = window.phaseRows
    self.pitch = pitch
    self.phaseRows = phaseRows
    self.rowPhases = rowPhases
    span = window.span
    self.columnPhases = columnPhases.map { remainder in
      let inside = Self.inside(
        count: pitch, size: window.input.columns, stride: window.stride.columns,
        first: remainder - window.pad.columns)
      return (remainder, inside)
    }
    var offsets: [Int] = []
    for row in 0..<window.kernel.rows {
      let (rowShift, rowRemainder) = (row * window.dilation.rows).quotientAndRemainder(
        dividingBy: window.stride.rows)
      for column in 0..<window.kernel.columns {
        let (shift, remainder) = (column * window.dilation.columns).quotientAndRemainder(
          dividingBy: window.stride.columns)
        let phase =
          (rowPhases.firstIndex(of: rowRemainder) ?? 0) * columnPhases.count
          + (columnPhases.firstIndex(of: remainder) ?? 0)
        offsets.append((phase * phaseRows + rowShift) * pitch + shift)
      }
    }
    tapOffsets = offsets
  }

  /// Which of `count` positions `first + i · stride` fall into `0..<size`.
  private static func inside(count: Int, size: Int, stride: Int, first: Int) -> Range<Int> {
    let low = first >= 0 ? 0 : (-first + stride - 1) / stride
    let high = size - 1 - first < 0 ? 0 : (size - 1 - first) / stride + 1
    let start = min(low, count)
    return start..<max(start, min(high, count))
  }

  /// Copies a plane into the scratch, or only `padding` where the plane itself is padding.
  func load(
    _ plane: UnsafePointer<Float>?, into scratch: UnsafeMutablePointer<Float>, padding: Float
  ) {
    if let plane, padding == 0, isWhole {
      FloatKernels.best.call.pad?(
        plane, Int64(window.input.rows), Int64(window.input.columns), scratch, Int64(phaseRows), Int64(pitch),
        Int64(window.pad.rows), Int64(window.pad.columns))
      return
    }
    var target = scratch
    for rowPhase in rowPhases {
      for (remainder, inside) in columnPhases {
        for index in 0..<phaseRows {
          let row = index * window.stride.rows + rowPhase - window.pad.rows
          if let plane, row >= 0, row < window.input.rows, !inside.isEmpty {
            let first = inside.lowerBound * window.stride.columns + remainder - window.pad.columns
            for column in 0..<inside.lowerBound { target[column] = padding }
            Self.copy(
              plane + row * window.input.columns + first, stride: window.stride.columns,
              to: target + inside.lowerBound, count: inside.count)
            for column in inside.upperBound..<pitch { target[column] = padding }
          } else {
            target.update(repeating: padding, count: pitch)
          }
          target += pitch
        }
      }
    }
  }

  /// Whether the scratch is the plane with zeros around it, and nothing else.
  var isWhole: Bool {
    window.stride == (1, 1) && window.pad.rows >= 0 && window.pad.columns >= 0
      && window.pad.rows + window.input.rows <= phaseRows
      && window.pad.columns + window.input.columns <= pitch
  }

  /// The phases, one after another: where each begins in the scratch, and the taps that read it.
  var phaseTaps: [(start: Int, taps: [Int])] {
    let size = phaseRows * pitch
    return (0..<rowPhases.count * columnPhases.count).map { phase in
      (phase * size, tapOffsets.indices.filter { tapOffsets[$0] / size == phase })
    }
  }

  /// Elements of one phase.
  var phaseCount: Int { phaseRows * pitch }

  /// Adds the scratch to a plane; what stands for padding is left out.
  func unload(_ scratch: UnsafePointer<Float>, addingTo plane: UnsafeMutablePointer<Float>) {
    var source = scratch
    for rowPhase in rowPhases {
      for (remainder, inside) in columnPhases {
        for index in 0..<phaseRows {
          let row = index * window.stride.rows + rowPhase - window.pad.rows
          if row >= 0, row < window.input.rows, !inside.isEmpty {
            let first = inside.lowerBound * window.stride.columns + remainder - window.pad.columns
            let target = plane + row * window.input.columns + first
            let from = source + inside.lowerBound
            switch window.stride.columns {
            case 1: VectorLoops.add(from, to: target, count: inside.count)
            default:
              for column in 0..<inside.count { target[column &* window.stride.columns] += from[column] }
            }
          }
          source += pitch
        }
      }
    }
  }

  @inline(__always)
  private static func copy(
    _ source: UnsafePointer<Float>, stride: Int, to target: UnsafeMutablePointer<Float>, count: Int
  ) {
    switch stride {
    case 1: target.update(from: source, count: count)
    case 2: for index in 0..<count { target[index] = source[2 &* index] }
    default: for index in 0..<count { target[index] = source[index &* stride] }
    }
  }
}
