/// A decoded image: rows from the top, in them the pixels' bytes channel by channel.
struct PixelImage {
  var height = 0
  var width = 0
  /// 1 for grey, 3 for red, green and blue; for a moment 2 or 4, with alpha at the end.
  var channels = 0
  /// `height` × `width` × `channels` bytes.
  var pixels: [UInt8] = []

  /// Takes another size; what the pixels hold is undefined. The memory is used again.
  mutating func reset(height: Int, width: Int, channels: Int) {
    (self.height, self.width, self.channels) = (height, width, channels)
    let count = height * width * channels
    if pixels.count > count { pixels.removeLast(pixels.count - count) }
    if pixels.count < count { pixels.append(contentsOf: repeatElement(0, count: count - pixels.count)) }
  }

  /// Leaves the alpha channel away, whatever is said of the pixels under it.
  mutating func dropAlpha() {
    let (from, to) = (channels, channels - 1)
    for pixel in 0..<height * width {
      for channel in 0..<to { pixels[pixel * to + channel] = pixels[pixel * from + channel] }
    }
    reset(height: height, width: width, channels: to)
  }

  /// Makes grey of red, green and blue: 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), rounded as Pillow does.
  mutating func makeGrey() {
    guard channels == 3 else { return }
    for pixel in 0..<height * width {
      let red = Int(pixels[pixel * 3]) * 19595
      let green = Int(pixels[pixel * 3 + 1]) * 38470
      let blue = Int(pixels[pixel * 3 + 2]) * 7471
      pixels[pixel] = UInt8((red + green + blue + 0x8000) >> 16)
    }
    reset(height: height, width: width, channels: 1)
  }

  /// Writes the pixels one behind the other: [H, W, C].
  func writePixels(to samples: UnsafeMutableBufferPointer<UInt8>) {
    precondition(samples.count == pixels.count)
    _ = samples.update(fromContentsOf: pixels)
  }

  /// Writes the channels one behind the other: [C, H, W].
  func writePlanes(to planes: UnsafeMutableBufferPointer<UInt8>) {
    let size = height * width
    precondition(planes.count == size * channels && pixels.count == planes.count)
    pixels.withUnsafeBufferPointer { pixels in
      for channel in 0..<channels {
        for pixel in 0..<size { planes[channel * size + pixel] = pixels[pixel * channels + channel] }
      }
    }
  }
}
