/// Where an output's bytes lie: zero point and clamp.
struct OutputRange: Sendable {
  var zero = 0
  var min = 0
  var max = 255

  init(zero: Int = 0, min: Int = 0, max: Int = 255) {
    (self.zero, self.min, self.max) = (zero, min, max)
  }

  /// Mostly the whole range of bytes, with every kind of zero point; sometimes a part of it.
  init(random: inout Random) {
    zero = random.pick([0, 255, 128, random.int(0...255)])
    guard random.int(0...2) == 0 else { return }
    min = random.int(0...255)
    max = random.int(min...255)
  }

  /// y = clamp(roundHalfEven(f) + zero), from the definition; a NaN gives the smallest.
  func requantize(_ f: Float) -> UInt8 {
    guard !f.isNaN else { return UInt8(min) }
    let y = Double(f).rounded(.toNearestOrEven) + Double(zero)
    return UInt8(Swift.max(Double(min), Swift.min(Double(max), y)))
  }
}

/// Memory around an output that a kernel must leave alone.
struct Guarded {
  static let margin = 96
  var bytes: [UInt8]

  init(count: Int) {
    bytes = (0..<count + 2 * Self.margin).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 13) }
  }

  subscript(offset: Int) -> UInt8 {
    get { bytes[Self.margin + offset] }
    set { bytes[Self.margin + offset] = newValue }
  }

  mutating func withOutput<R>(_ body: (UnsafeMutablePointer<UInt8>) -> R) -> R? {
    bytes.withUnsafeMutableBufferPointer { buffer in
      buffer.baseAddress.map { body($0 + Self.margin) }
    }
  }
}
