import CPithFloatKernels

/// How Winograd's F(4 × 4, 3 × 3) goes over a batch: tiles of 4 × 4 outputs, a few images or a band of an image at a time.
struct WinogradTiles: Sendable {
  struct Task {
    var images: Range<Int>
    /// Rows of tiles.
    var rows: Range<Int>
  }

  let batch: Int
  /// The map whose tiles overlap, and the map of which each tile is 4 × 4.
  let source: (rows: Int, columns: Int)
  let target: (rows: Int, columns: Int)
  /// Zeros before the source.
  let pad: (rows: Int, columns: Int)

  /// Tiles at a time: enough for the products to be efficient, few enough to stay in cache.
  private static let wanted = 32
  private static let most = 96

  /// Whether a convolution is of this form, and few enough of the outputs of its tiles are outside of the map.
  static func suit(_ shape: ConvolutionShape) -> Bool {
    let (rows, columns) = shape.output
    let tiled = (rows + 3) / 4 * 4 * ((columns + 3) / 4 * 4)
    return shape.kernel == (3, 3) && shape.stride == (1, 1) && shape.dilation == (1, 1) && shape.groups == 1
      && shape.pad.rows <= 2 && shape.pad.columns <= 2 && (16...4096).contains(shape.channels)
      && (16...4096).contains(shape.filters) && shape.channels * shape.filters <= 1 << 19
      && 5 * tiled <= 8 * rows * columns
  }

  var columns: Int { (target.columns + 3) / 4 }
  private var rows: Int { (target.rows + 3) / 4 }
  private var bandRows: Int { min(rows, max(1, Self.most / columns)) }
  private var bands: Int { (rows + bandRows - 1) / bandRows }
  private var imagesPerTask: Int {
    bands > 1 ? 1 : max(1, min(batch / 4, Self.wanted / (rows * columns)))
  }

  var taskCount: Int { (batch + imagesPerTask - 1) / imagesPerTask * bands }
  /// The most tiles of a task.
  var tilesPerTask: Int { imagesPerTask * bandRows * columns }
  /// The most pixels of one image that a task reads, and that it writes.
  var sourcePixels: Int { min(source.rows, 4 * bandRows + 2) * source.columns }
  var targetPixels: Int { min(target.rows, 4 * bandRows) * target.columns }

  func task(_ index: Int) -> Task {
    let (group, band) = index.quotientAndRemainder(dividingBy: bands)
    return Task(
      images: group * imagesPerTask..<min(batch, (group + 1) * imagesPerTask),
      rows: band * bandRows..<min(rows, (band + 1) * bandRows))
  }

  func tileCount(_ task: Task) -> Int { task.images.count * task.rows.count * columns }

  /// Floats from one of the 36 transformed matrices to the next: by no power of two, so that they do not fall on one
  /// another in the cache.
  static func plane(_ tiles: Int, _ pitch: Int) -> Int { tiles * pitch + 16 }

  /// Rows of the target under some rows of tiles.
  func targetRows(_ rows: Range<Int>) -> Range<Int> {
    4 * rows.lowerBound..<min(target.rows, 4 * rows.upperBound)
  }

  /// Transposes an image's part under a task to `[pixel][channel]` and transforms its overlapping tiles.
  /// - Parameters:
  ///   - image: `[channels, rows, columns]`
  ///   - tile: the number of the image's first tile among those of the task.
  func transformSource(
    _ image: UnsafePointer<Float>, channels: Int, _ task: Task, tile: Int,
    pixels: UnsafeMutablePointer<Float>,
    to transformed: UnsafeMutablePointer<Float>, _ kernels: FloatKernels
  ) {
    let first = 4 * task.rows.lowerBound - pad.rows
    let inside = max(0, min(first, source.rows))..<max(0, min(source.rows, first + 4 * task.rows.count + 2))
    let pitch = kernels.rounded(channels)
    kernels.call.transpose_padded?(
      image + inside.lowerBound * source.columns, Int64(channels), Int64(inside.count * source.columns),
      Int64(source.rows * source.columns), pixels, Int64(pitch))
    var arguments = pith_float_winograd(
      pixels: pixels, rows: Int32(inside.count), columns: Int32(source.columns), pitch: Int64(pitch),
      top: Int32(inside.lowerBound - first), left: Int32(pad.columns), tile_rows: Int32(task.rows.count),
      tile_columns: Int32(columns), transformed: transformed + tile * pitch,
      plane: Int64(Self.plane(tileCount(task), pitch)))
    kernels.call.winograd_input?(&arguments)
  }

  /// Arguments for a transform between tiles and the target's own pixels.
  func targetArguments(
    _ task: Task, tile: Int, pitch: Int, pixels: UnsafeMutablePointer<Float>,
    _ transformed: UnsafeMutablePointer<Float>
  ) -> pith_float_winograd {
    pith_float_winograd(
      pixels: pixels, rows: Int32(targetRows(task.rows).count), columns: Int32(target.columns),
      pitch: Int64(pitch), top: 0, left: 0, tile_rows: Int32(task.rows.count), tile_columns: Int32(columns),
      transformed: transformed + tile * pitch, plane: Int64(Self.plane(tileCount(task), pitch)))
  }
}
