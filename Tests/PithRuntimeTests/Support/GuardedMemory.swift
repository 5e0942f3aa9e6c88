import Glibc

/// Memory between two pages that nobody may touch: an access beyond it ends the test process.
final class GuardedMemory {
  let start: UnsafeMutableRawPointer
  let count: Int
  private let mapping: UnsafeMutableRawPointer
  private let mapped: Int

  /// `alignment` of the start; where it divides the count the end lies exactly at the forbidden page, and else as near as it
  /// allows. `atEnd: false` puts the start exactly after a forbidden page instead.
  init(count: Int, alignment: Int, atEnd: Bool = true, fill: UInt8 = 0xCD) {
    let page = 4096
    let body = max(page, (count + alignment + page - 1) / page * page)
    mapped = body + 2 * page
    mapping = mmap(nil, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    mprotect(mapping, page, PROT_NONE)
    mprotect(mapping + page + body, page, PROT_NONE)
    let offset = atEnd ? (body - count) / alignment * alignment : 0
    start = mapping + page + offset
    self.count = count
    memset(mapping + page, Int32(fill), body)
  }

  convenience init(_ bytes: [UInt8], alignment: Int = 64, atEnd: Bool = true) {
    self.init(count: bytes.count, alignment: alignment, atEnd: atEnd)
    bytes.withUnsafeBytes {
      start.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(start), byteCount: bytes.count)
    }
  }

  func protectAgainstWrites() { mprotect(mapping + 4096, mapped - 2 * 4096, PROT_READ) }

  var bytes: [UInt8] { Array(UnsafeRawBufferPointer(start: start, count: count)) }

  deinit { munmap(mapping, mapped) }
}
