import PithGraph

/// A generator whose numbers follow from its seed alone, on every platform.
///
/// SplitMix64: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014.
public struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  public init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) }

  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// A number from 0 up to but not including 1, a multiple of 2⁻⁵³.
  public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// One number, uniform over the interval.
  public mutating func float(in range: ClosedRange<Float> = -1...1) -> Float {
    let (low, high) = (Double(range.lowerBound), Double(range.upperBound))
    return Swift.min(range.upperBound, Swift.max(range.lowerBound, Float(low + unit() * (high - low))))
  }

  /// Numbers uniform over the interval.
  public mutating func floats(_ count: Int, in range: ClosedRange<Float> = -1...1) -> [Float] {
    (0..<count).map { _ in float(in: range) }
  }

  /// Integers uniform over the interval.
  public mutating func ints(_ count: Int, in range: ClosedRange<Int>) -> [Int] {
    (0..<count).map { _ in Int.random(in: range, using: &self) }
  }

  /// Numbers of mean 0 and variance 1, nearly normal: none is beyond ±6.
  public mutating func normals(_ count: Int) -> [Float] {
    (0..<count).map { _ in
      // The sum of twelve uniform numbers has variance 1 and needs no logarithm, which platforms round differently.
      Float((0..<12).reduce(-6.0) { sum, _ in sum + unit() })
    }
  }

  /// A float32 tensor with elements uniform over the interval.
  public mutating func tensor(_ shape: [Int], in range: ClosedRange<Float> = -1...1) -> Tensor {
    Tensor(shape: shape, floats: floats(Shape.elementCount(shape) ?? 0, in: range))
  }
}
