/// Counts of the values seen so far, in memory that does not grow with them.
///
/// The bins cover [-reach, reach); when a value falls outside, reach doubles and neighbouring bins merge, so that one
/// pass over the data suffices and the result does not depend on how it was cut into batches, but for the bin width.
/// Exact zeros are counted apart: every affine quantizer represents them without error.
public struct StreamingHistogram: Sendable {
  static let binCount = 16384

  public private(set) var minimum = Float.infinity
  public private(set) var maximum = -Float.infinity
  public private(set) var zeros = 0
  public private(set) var total = 0
  /// Half of what the bins cover; a power of two.
  public private(set) var reach: Float = 0
  /// Bin i covers [(i / binCount · 2 − 1) · reach, …).
  public private(set) var bins = [Int](repeating: 0, count: binCount)

  public init() {}

  /// The width of a bin.
  public var binWidth: Float { reach / Float(Self.binCount / 2) }

  /// The middle of a bin.
  public func center(_ bin: Int) -> Float { (Float(bin) + 0.5) * binWidth - reach }

  /// Adds values. Values that are not finite are the caller's to refuse.
  public mutating func add(_ values: UnsafeBufferPointer<Float>) {
    var low = Float.infinity
    var high = -Float.infinity
    for value in values {
      low = value < low ? value : low
      high = value > high ? value : high
    }
    guard low <= high else { return }
    minimum = Swift.min(minimum, low)
    maximum = Swift.max(maximum, high)
    total += values.count
    grow(to: Swift.max(abs(low), abs(high)))
    guard reach > 0 else {
      zeros += values.count
      return
    }
    let perUnit = Float(Self.binCount / 2) / reach
    let offset = Float(Self.binCount / 2)
    var zeros = 0
    bins.withUnsafeMutableBufferPointer { bins in
      for value in values {
        if value == 0 {
          zeros &+= 1
        } else {
          let bin = Int32(value * perUnit + offset)
          bins[Int(Swift.min(Int32(Self.binCount - 1), Swift.max(0, bin)))] &+= 1
        }
      }
    }
    self.zeros += zeros
  }

  /// The last power of two: what lies beyond it is counted in the bins at the ends.
  private static let largestReach: Float = 0x1p127

  /// Doubles the reach until it exceeds `magnitude`.
  private mutating func grow(to magnitude: Float) {
    guard magnitude >= reach, magnitude > 0, magnitude.isFinite else { return }
    if reach == 0 {
      reach = 0x1p-100
      while reach <= magnitude, reach < Self.largestReach { reach *= 2 }
      return
    }
    while reach <= magnitude, reach < Self.largestReach {
      let half = Self.binCount / 2
      var merged = [Int](repeating: 0, count: Self.binCount)
      for bin in bins.indices {
        // The distance from the middle halves.
        let distance = bin - half
        merged[half + (distance >= 0 ? distance / 2 : -((1 - distance) / 2))] += bins[bin]
      }
      bins = merged
      reach *= 2
    }
  }

  /// The bins between the smallest and the largest value seen.
  public var occupied: Range<Int> {
    guard let first = bins.firstIndex(where: { $0 > 0 }), let last = bins.lastIndex(where: { $0 > 0 }) else {
      return 0..<0
    }
    return first..<(last + 1)
  }
}
