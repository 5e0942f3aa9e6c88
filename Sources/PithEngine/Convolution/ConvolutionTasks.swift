/// How a convolution is cut into tasks: a few whole images where maps are small, a band of rows where they are large.
///
/// The cuts follow from sizes alone, never from the number of threads.
struct ConvolutionTasks {
  struct Task {
    var images: Range<Int>
    /// Rows of the target.
    var rows: Range<Int>
  }

  private let batch: Int
  private let rows: Int
  private let imagesPerTask: Int
  private let bandRows: Int
  private let bands: Int

  /// Floats that a task should work on at most: what stays in a second-level cache.
  private static let budget = 1 << 17

  /// - Parameters:
  ///   - rows: of a target map.
  ///   - columns: of a target map.
  ///   - floatsPerRow: what a row of targets of one image takes in scratch memory.
  init(batch: Int, rows: Int, columns: Int, floatsPerRow: Int) {
    self.batch = batch
    self.rows = rows
    let fitting = max(1, Self.budget / max(1, floatsPerRow))
    // Some tasks for several threads, even where there is one image.
    let wanted = batch >= 4 ? rows : max(1, (rows * batch + 3) / 4)
    let most = min(rows, fitting, max(wanted, min(rows, (192 + columns - 1) / columns)))
    bands = (rows + most - 1) / most
    bandRows = (rows + bands - 1) / bands
    // Pixels are taken by sixes and eights: a few hundred leave little over.
    let pixels = rows * columns
    imagesPerTask =
      bands > 1 ? 1 : max(1, min(batch / 4, (192 + pixels - 1) / pixels, fitting / max(1, rows)))
  }

  var count: Int { (batch + imagesPerTask - 1) / imagesPerTask * bands }
  /// The most that a task takes.
  var largest: (images: Int, rows: Int) { (min(batch, imagesPerTask), min(rows, bandRows)) }

  subscript(index: Int) -> Task {
    let (group, band) = index.quotientAndRemainder(dividingBy: bands)
    return Task(
      images: group * imagesPerTask..<min(batch, (group + 1) * imagesPerTask),
      rows: min(rows, band * bandRows)..<min(rows, (band + 1) * bandRows))
  }
}
