/// A stream of random numbers that depends on nothing but its seed and keys: xoshiro256** (D. Blackman,
/// S. Vigna, "Scrambled linear pseudorandom number generators", 2021), seeded by SplitMix64 (G. L. Steele et
/// al., "Fast splittable pseudorandom number generators", 2014).
///
/// Keys split a seed into independent streams, such as one for each epoch and sample, so that what a sample
/// gets does not depend on which thread prepares it, or on the samples before it.
public struct RandomStream: RandomNumberGenerator, Sendable {
  private var state: (UInt64, UInt64, UInt64, UInt64)

  /// The stream of `seed` and `keys`; the keys' order matters.
  public init(seed: UInt64, _ keys: UInt64...) {
    var mixed = SplitMix64.mix(seed)
    for key in keys { mixed = SplitMix64.mix(mixed ^ SplitMix64.mix(key &+ SplitMix64.increment)) }
    var generator = SplitMix64(state: mixed)
    state = (generator.next(), generator.next(), generator.next(), generator.next())
  }

  public mutating func next() -> UInt64 {
    func rotated(_ value: UInt64, _ bits: UInt64) -> UInt64 { value << bits | value >> (64 - bits) }
    let result = rotated(state.1 &* 5, 7) &* 9
    let shifted = state.1 << 17
    state.2 ^= state.0
    state.3 ^= state.1
    state.1 ^= state.2
    state.0 ^= state.3
    state.2 ^= shifted
    state.3 = rotated(state.3, 45)
    return result
  }

  /// A number from 0 to below 1: one of 2⁵³ multiples of 2⁻⁵³.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A whole number from 0 to below `bound`, all equally likely (D. Lemire, "Fast random integer generation
  /// in an interval", 2019).
  /// - Precondition: `bound` is above 0.
  public mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "no number is below \(bound)")
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let threshold = (0 &- bound) % bound
      while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }

  /// Puts `values` into a random order, all orders being equally likely (R. A. Fisher, F. Yates; in place by
  /// R. Durstenfeld, "Algorithm 235", 1964). Unlike the standard library's, the order is the same in every
  /// version of Swift.
  public mutating func shuffle<Values: MutableCollection>(_ values: inout Values)
  where Values.Index == Int, Values: RandomAccessCollection {
    for last in values.indices.dropFirst().reversed() {
      let other = values.startIndex + below(last - values.startIndex + 1)
      if other != last { values.swapAt(last, other) }
    }
  }
}

/// The generator that turns a seed into a longer state.
private struct SplitMix64 {
  var state: UInt64

  static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

  mutating func next() -> UInt64 {
    state &+= SplitMix64.increment
    return SplitMix64.mix(state)
  }

  static func mix(_ value: UInt64) -> UInt64 {
    var mixed = value
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

/// What a stream is for, as its first key: streams of one seed for different purposes have nothing in common.
enum RandomPurpose {
  static let order: UInt64 = 1
  static let sample: UInt64 = 2
  static let batch: UInt64 = 3
  static let split: UInt64 = 4
}
