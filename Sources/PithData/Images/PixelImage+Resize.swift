extension PixelImage {
  /// The image in another size, by a bilinear filter that widens when it makes an image smaller, so that every
  /// pixel counts (Pillow's `BILINEAR`, bit for bit): first along the rows, then along the columns, each in
  /// fixed point and rounded to bytes.
  func resized(height: Int, width: Int) -> PixelImage {
    var image = self
    if width != self.width { image = image.filtered(to: width, alongRows: true) }
    if height != self.height { image = image.filtered(to: height, alongRows: false) }
    return image
  }

  private func filtered(to extent: Int, alongRows: Bool) -> PixelImage {
    let taps = (0..<extent).map { FilterTaps($0, from: alongRows ? width : height, to: extent) }
    var output = PixelImage()
    output.reset(
      height: alongRows ? height : extent, width: alongRows ? extent : width, channels: channels)
    // How far apart two neighbours along the axis are.
    let stride = alongRows ? channels : width * channels
    pixels.withUnsafeBufferPointer { input in
      output.pixels.withUnsafeMutableBufferPointer { bytes in
        var place = 0
        for y in 0..<output.height {
          for x in 0..<output.width {
            let tap = taps[alongRows ? x : y]
            let line = alongRows ? y * width * channels : x * channels
            for channel in 0..<channels {
              bytes[place] = tap.apply(input, start: line + channel, stride: stride)
              place += 1
            }
          }
        }
      }
    }
    return output
  }
}

/// What goes into one pixel of a resized row or column.
private struct FilterTaps {
  /// The first pixel.
  let first: Int
  /// The weights of the pixels from there, in units of 2⁻²²; their sum is 1, but for rounding.
  let weights: [Int]

  private static let precision = 22

  init(_ index: Int, from: Int, to: Int) {
    let scale = Double(from) / Double(to)
    // The triangle reaches to the neighbours of the smaller image.
    let support = max(scale, 1)
    let centre = (Double(index) + 0.5) * scale
    let first = max(0, Int(centre - support + 0.5))
    let end = min(from, Int(centre + support + 0.5))
    var weights = (first..<end).map { pixel in
      max(0, 1 - abs((Double(pixel) - centre + 0.5) * (1 / support)))
    }
    let sum = weights.reduce(0, +)
    if sum != 0 { for tap in weights.indices { weights[tap] /= sum } }
    self.first = first
    self.weights = weights.map { Int(0.5 + $0 * Double(1 << FilterTaps.precision)) }
  }

  func apply(_ input: UnsafeBufferPointer<UInt8>, start: Int, stride: Int) -> UInt8 {
    var sum = 1 << (FilterTaps.precision - 1)
    var place = start + first * stride
    for weight in weights {
      sum += Int(input[place]) * weight
      place += stride
    }
    return UInt8(max(0, min(255, sum >> FilterTaps.precision)))
  }
}
