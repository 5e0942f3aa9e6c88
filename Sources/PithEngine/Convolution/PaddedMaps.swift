/// The part of some maps that a band of target rows sums over, padded, for a group of channels of a few images.
struct PaddedMaps {
  /// Rows and columns of the source, those of the padding too.
  let rows: Range<Int>
  let columns: Range<Int>
  /// Floats from one row, one channel and one image to the next.
  let pitch: Int
  let channelStride: Int
  let imageStride: Int
  /// Whether the maps have to be copied; where there is nothing around them they are read in place.
  let isCopied: Bool
  private let size: (rows: Int, columns: Int)
  private let channels: Int

  /// - Parameters:
  ///   - channels: how many are read of each image, of `allChannels`.
  init(rows: AxisTaps, columns: AxisTaps, band: Range<Int>, channels: Int, allChannels: Int) {
    let (rowReach, columnReach) = (rows.reach(of: band), columns.reach(of: 0..<columns.target))
    self.rows = rowReach
    size = (rows.source, columns.source)
    self.channels = channels
    let plane = rows.source * columns.source
    // Channels a power of two apart would fall on one another in the cache.
    isCopied =
      rowReach.lowerBound < 0 || rowReach.upperBound > rows.source || columnReach.lowerBound < 0
      || columnReach.upperBound > columns.source || (plane % 256 == 0 && channels > 8)
    if isCopied {
      self.columns = min(columnReach.lowerBound, 0)..<max(columnReach.upperBound, columns.source)
      pitch = self.columns.count
      let count = rowReach.count * pitch
      channelStride = count % 256 == 0 ? count + 16 : count
      imageStride = channels * channelStride
    } else {
      self.columns = 0..<columns.source
      pitch = columns.source
      channelStride = plane
      imageStride = allChannels * plane
    }
  }

  /// Floats of scratch that some images take; kernels may read a little beyond them.
  func scratchCount(images: Int) -> Int { isCopied ? images * imageStride + 16 : 0 }

  /// Where an element of the source is.
  func offset(row: Int, column: Int) -> Int {
    (isCopied ? row - rows.lowerBound : row) * pitch + column - columns.lowerBound
  }

  /// The maps as they are to be read: in place, or copied to `scratch`.
  /// - Parameters:
  ///   - source: the first channel of the first image.
  ///   - sourceStride: floats from one image to the next.
  func load(
    _ source: UnsafePointer<Float>, images: Int, sourceStride: Int, into scratch: UnsafeMutablePointer<Float>,
    _ kernels: FloatKernels
  ) -> UnsafePointer<Float> {
    guard isCopied else { return source }
    let inside = max(rows.lowerBound, 0)..<max(0, min(rows.upperBound, size.rows))
    let pad = kernels.call.pad
    for image in 0..<images {
      for channel in 0..<channels {
        let target = scratch + image * imageStride + channel * channelStride
        guard !inside.isEmpty else {
          target.update(repeating: 0, count: channelStride)
          continue
        }
        pad?(
          source + image * sourceStride + (channel * size.rows + inside.lowerBound) * size.columns,
          Int64(inside.count), Int64(size.columns), target, Int64(rows.count), Int64(pitch),
          Int64(inside.lowerBound - rows.lowerBound), Int64(-columns.lowerBound))
      }
    }
    return UnsafePointer(scratch)
  }
}
