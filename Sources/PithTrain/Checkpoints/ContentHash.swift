/// A 64-bit hash of bytes, against damage and confusion, not against enemies.
///
/// xxHash64 (Collet, https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md), seed 0.
public struct ContentHash: Sendable {
  private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  private var lanes: SIMD4<UInt64> = [prime1 &+ prime2, prime2, 0, 0 &- prime1]
  private var pending: [UInt8] = []
  private var length: UInt64 = 0

  public init() { pending.reserveCapacity(64) }

  /// The hash of some bytes.
  public static func of(_ bytes: [UInt8]) -> UInt64 {
    var hash = ContentHash()
    bytes.withUnsafeBytes { hash.add($0) }
    return hash.value
  }

  public mutating func add(_ bytes: UnsafeRawBufferPointer) {
    length &+= UInt64(bytes.count)
    var rest = bytes[...]
    if !pending.isEmpty {
      let taken = rest.prefix(32 - pending.count)
      pending += taken
      rest = rest.dropFirst(taken.count)
      guard pending.count == 32 else { return }
      pending.withUnsafeBytes { absorb($0.baseAddress, at: 0) }
      pending.removeAll(keepingCapacity: true)
    }
    let whole = UnsafeRawBufferPointer(rebasing: rest)
    var offset = 0
    while offset + 32 <= whole.count {
      absorb(whole.baseAddress, at: offset)
      offset += 32
    }
    pending += whole[offset...]
  }

  public mutating func add(_ text: String) {
    // With its length, so that "ab", "c" and "a", "bc" differ.
    add(UInt64(text.utf8.count))
    var copy = text
    copy.withUTF8 { add(UnsafeRawBufferPointer($0)) }
  }

  public mutating func add(_ value: UInt64) {
    withUnsafeBytes(of: value.littleEndian) { add($0) }
  }

  @inline(__always)
  private mutating func absorb(_ base: UnsafeRawPointer?, at offset: Int) {
    guard let base else { return }
    let words = SIMD4<UInt64>(
      base.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian,
      base.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self).littleEndian,
      base.loadUnaligned(fromByteOffset: offset + 16, as: UInt64.self).littleEndian,
      base.loadUnaligned(fromByteOffset: offset + 24, as: UInt64.self).littleEndian)
    for lane in 0..<4 { lanes[lane] = Self.round(lanes[lane], words[lane]) }
  }

  @inline(__always)
  private static func rotate(_ value: UInt64, _ bits: UInt64) -> UInt64 {
    value &<< bits | value &>> (64 - bits)
  }

  @inline(__always)
  private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    rotate(lane &+ word &* prime2, 31) &* prime1
  }

  /// The hash of all bytes until now.
  public var value: UInt64 {
    var hash: UInt64
    if length >= 32 {
      hash =
        Self.rotate(lanes[0], 1) &+ Self.rotate(lanes[1], 7) &+ Self.rotate(lanes[2], 12)
        &+ Self.rotate(lanes[3], 18)
      for lane in 0..<4 {
        hash = (hash ^ Self.round(0, lanes[lane])) &* Self.prime1 &+ Self.prime4
      }
    } else {
      hash = Self.prime5
    }
    hash &+= length
    var rest = pending[...]
    func number(_ count: Int) -> UInt64 {
      rest.prefix(count).enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) }
    }
    while rest.count >= 8 {
      hash = Self.rotate(hash ^ Self.round(0, number(8)), 27) &* Self.prime1 &+ Self.prime4
      rest = rest.dropFirst(8)
    }
    if rest.count >= 4 {
      hash = Self.rotate(hash ^ number(4) &* Self.prime1, 23) &* Self.prime2 &+ Self.prime3
      rest = rest.dropFirst(4)
    }
    for byte in rest { hash = Self.rotate(hash ^ UInt64(byte) &* Self.prime5, 11) &* Self.prime1 }
    hash = (hash ^ hash >> 33) &* Self.prime2
    hash = (hash ^ hash >> 29) &* Self.prime3
    return hash ^ hash >> 32
  }
}
