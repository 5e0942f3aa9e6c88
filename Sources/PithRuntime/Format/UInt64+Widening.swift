/// The standard library's `UInt64(x)` goes through an array of words where Int has 32 bits, which the
/// allocation-free build refuses. All targets of the format are little-endian.
extension UInt64 {
  @inline(__always)
  init(widening value: UInt32) { self = unsafeBitCast((value, 0 as UInt32), to: UInt64.self) }

  /// The bits of a size; negative ones become large.
  @inline(__always)
  init(widening value: Int) {
    let bits = UInt(bitPattern: value)
    // In two steps, as one of 32 would be masked to none where Int has 32 bits.
    let high = UInt32(truncatingIfNeeded: (bits &>> 16) &>> 16)
    let low = UInt32(truncatingIfNeeded: bits)
    self = unsafeBitCast(
      (low, MemoryLayout<Int>.size == 8 ? high : 0), to: UInt64.self)
  }
}
