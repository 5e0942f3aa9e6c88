import PithFiles

/// Where the pixels of a sample are.
struct ImageGeometry: Equatable, Sendable {
  /// Images one behind the other: the channels of [C, H, W], else 1.
  let planes: Int
  let height: Int
  let width: Int
  /// Elements of a pixel that lie together: the channels of [H, W, C], else 1.
  let pixel: Int

  /// Images are [H, W], [C, H, W] or [H, W, C]. Which axis of three holds the channels is told by the
  /// preprocessing if it is by channel; otherwise it is the last if that has at most 4 entries and the first
  /// has more, else the first.
  /// - Returns: `nil` where samples of this shape are no images.
  init?(_ shape: [Int], transform: ChannelTransform) {
    switch shape.count {
    case 2:
      (planes, height, width, pixel) = (1, shape[0], shape[1], 1)
    case 3:
      let channels = transform.scale.count
      let isLast = channels > 1 ? shape[0] != channels : shape[2] <= 4 && shape[0] > 4
      (planes, height, width, pixel) =
        isLast ? (1, shape[0], shape[1], shape[2]) : (shape[0], shape[1], shape[2], 1)
    default: return nil
    }
    // Rows or columns of an image that are scaled each in its own way cannot be moved.
    guard [1, planes * pixel].contains(transform.scale.count) else { return nil }
  }

  /// Copies an image with a window moved and, if asked for, mirrored left to right.
  /// - Parameters:
  ///   - dy: how many rows further down the window is; negative for up.
  ///   - dx: how many columns further right.
  ///   - border: an image of what lies outside.
  func copy<Element: BitwiseCopyable>(
    from source: UnsafePointer<Element>, into output: UnsafeMutablePointer<Element>,
    dy: Int, dx: Int, mirrored: Bool, border: UnsafePointer<Element>
  ) {
    let row = width * pixel
    // The columns of the window that lie inside the source.
    let first = max(0, min(width, -dx))
    let last = max(first, min(width, width - dx))
    for plane in 0..<planes {
      for y in 0..<height {
        let start = (plane * height + y) * row
        let line = output + start
        guard (0..<height).contains(y + dy), first < last else {
          line.update(from: border + start, count: row)
          continue
        }
        let from = source + (plane * height + y + dy) * row
        if mirrored {
          mirror(from, into: line, columns: first..<last, dx: dx)
          line.update(from: border + start, count: (width - last) * pixel)
          let rest = width - first
          (line + rest * pixel).update(from: border + start + rest * pixel, count: first * pixel)
        } else {
          line.update(from: border + start, count: first * pixel)
          (line + first * pixel).update(from: from + (first + dx) * pixel, count: (last - first) * pixel)
          (line + last * pixel).update(from: border + start + last * pixel, count: (width - last) * pixel)
        }
      }
    }
  }

  /// Column x of the window goes to column width − 1 − x.
  @inline(__always)
  private func mirror<Element: BitwiseCopyable>(
    _ from: UnsafePointer<Element>, into line: UnsafeMutablePointer<Element>, columns: Range<Int>, dx: Int
  ) {
    if pixel == 1 {
      let end = width - 1
      for x in columns { line[end - x] = from[x + dx] }
      return
    }
    for x in columns {
      for channel in 0..<pixel { line[(width - 1 - x) * pixel + channel] = from[(x + dx) * pixel + channel] }
    }
  }

  /// Sets a square around a pixel to 0, as far as it lies inside the image.
  func erase(_ image: UnsafeMutablePointer<Float>, y: Int, x: Int, side: Int) {
    let rows = max(0, y - side / 2)..<min(height, y - side / 2 + side)
    let columns = max(0, x - side / 2)..<min(width, x - side / 2 + side)
    for plane in 0..<planes {
      for row in rows {
        let start = ((plane * height + row) * width + columns.lowerBound) * pixel
        (image + start).update(repeating: 0, count: columns.count * pixel)
      }
    }
  }
}
