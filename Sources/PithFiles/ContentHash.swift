/// A 128-bit name for content: equal content has equal names, and different content has different ones but for a chance
/// that does not matter. No protection against someone who wants two contents to have one name.
///
/// MurmurHash3 x64 128 (Appleby, 2011), fed piece by piece; each piece is followed by its length.
public struct ContentHash: Sendable {
  private var (high, low): (UInt64, UInt64) = (0x5069_7468, 0x6361_6368)
  private static let (first, second): (UInt64, UInt64) = (0x87C3_7B91_1142_53D5, 0x4CF5_AD43_2745_937F)

  public init() {}

  /// Adds the bytes of an array, of `Data` or of another contiguous collection of bytes.
  public mutating func add(_ bytes: UnsafeRawBufferPointer) {
    var (h, l) = (high, low)
    let whole = bytes.count & ~15
    for offset in stride(from: 0, to: whole, by: 16) {
      Self.mix(
        &h, &l, bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian,
        bytes.loadUnaligned(fromByteOffset: offset &+ 8, as: UInt64.self).littleEndian)
    }
    var tail: (UInt64, UInt64) = (0, 0)
    for index in whole..<bytes.count {
      let byte = UInt64(bytes[index])
      if index - whole < 8 {
        tail.0 |= byte << UInt64(8 * (index - whole))
      } else {
        tail.1 |= byte << UInt64(8 * (index - whole - 8))
      }
    }
    Self.mix(&h, &l, tail.0, tail.1)
    Self.mix(&h, &l, UInt64(bytes.count), 0)
    (high, low) = (h, l)
  }

  public mutating func add(_ floats: [Float]) { floats.withUnsafeBytes { add($0) } }

  public mutating func add(_ text: String) {
    var text = text
    text.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  @inline(__always)
  private static func mix(_ h: inout UInt64, _ l: inout UInt64, _ a: UInt64, _ b: UInt64) {
    func rotated(_ x: UInt64, _ n: UInt64) -> UInt64 { (x << n) | (x >> (64 - n)) }
    h ^= rotated(a &* first, 31) &* second
    h = (rotated(h, 27) &+ l) &* 5 &+ 0x52DC_E729
    l ^= rotated(b &* second, 33) &* first
    l = (rotated(l, 31) &+ h) &* 5 &+ 0x3849_5AB5
  }

  /// The name of what was added so far.
  public var value: Value {
    func finished(_ x: UInt64) -> UInt64 {
      var x = (x ^ (x >> 33)) &* 0xFF51_AFD7_ED55_8CCD
      x = (x ^ (x >> 33)) &* 0xC4CE_B9FE_1A85_EC53
      return x ^ (x >> 33)
    }
    let (h, l) = (high &+ low, high &+ 2 &* low)
    let (a, b) = (finished(h), finished(l))
    return Value(high: a &+ b, low: a &+ 2 &* b)
  }

  /// A finished hash.
  public struct Value: Sendable, Hashable, CustomStringConvertible {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) { (self.high, self.low) = (high, low) }

    /// 32 hexadecimal digits.
    public var description: String {
      func digits(_ x: UInt64) -> String {
        let text = String(x, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
      }
      return digits(high) + digits(low)
    }
  }
}
