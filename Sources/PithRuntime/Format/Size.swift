import CPith

/// A count of bytes, elements or positions that cannot wrap: arithmetic stops at `Size.limit`, which is above
/// every bound that it is compared with. Swift's own operators would trap on hostile input.
struct Size {
  let value: UInt64

  /// Larger than any legal tensor, file section on a 32-bit machine, or loop.
  @inline(__always)
  static var limit: UInt64 { 0xFFFF_FFFF }

  @inline(__always)
  init(_ value: UInt32) { self.value = UInt64(widening: value) }

  /// Negative becomes the limit, so that no bound accepts it.
  @inline(__always)
  init(_ value: Int32) { self.value = value < 0 ? Size.limit : UInt64(widening: UInt32(bitPattern: value)) }

  @inline(__always)
  init(saturating value: UInt64) { self.value = value < Size.limit ? value : Size.limit }

  @inline(__always)
  static func * (a: Size, b: Size) -> Size {
    // Both are below 2^32, so the product is below 2^64.
    Size(saturating: a.value &* b.value)
  }

  @inline(__always)
  static func + (a: Size, b: Size) -> Size { Size(saturating: a.value &+ b.value) }

  /// `a - b`, or 0 where `b` is larger.
  @inline(__always)
  static func - (a: Size, b: Size) -> Size {
    Size(saturating: a.value > b.value ? a.value &- b.value : 0)
  }

  @inline(__always)
  static func == (a: Size, b: Size) -> Bool { a.value == b.value }
  @inline(__always)
  static func <= (a: Size, b: Size) -> Bool { a.value <= b.value }
  @inline(__always)
  static func < (a: Size, b: Size) -> Bool { a.value < b.value }

  /// The next multiple of `step`, a power of two.
  @inline(__always)
  func rounded(to step: UInt64) -> Size { Size(saturating: (value &+ (step &- 1)) & ~(step &- 1)) }

  @inline(__always)
  static var zero: Size { Size(0 as UInt32) }
  @inline(__always)
  static var one: Size { Size(1 as UInt32) }
  /// The largest tensor: PITH_MAX_TENSOR_BYTES.
  @inline(__always)
  static var largestTensor: Size { Size(saturating: UInt64(widening: PITH_MAX_TENSOR_BYTES)) }
}

/// Bytes that vector loads may read past a tensor or section.
@inline(__always)
var slack: UInt64 { UInt64(widening: UInt32(bitPattern: PITH_SLACK)) }

/// The alignment of sections, arena and tensors.
@inline(__always)
var alignment: UInt64 { UInt64(widening: UInt32(bitPattern: PITH_ALIGNMENT)) }
