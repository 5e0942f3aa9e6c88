/// Bytes of a section while it grows; equal pieces are stored once.
struct ByteBlob {
  private(set) var bytes: [UInt8] = []
  private var known: [[UInt8]: Int] = [:]

  /// Where the piece lies, at a multiple of `alignment`.
  mutating func add(_ piece: [UInt8], alignment: Int) -> Int {
    if let offset = known[piece], offset % alignment == 0 { return offset }
    bytes += Array(repeating: 0, count: bytes.count.roundedUp(to: alignment) - bytes.count)
    let offset = bytes.count
    bytes += piece
    known[piece] = offset
    return offset
  }

  /// The little-endian bytes of plain values.
  static func bytes<T>(of values: [T]) -> [UInt8] {
    values.withUnsafeBytes { Array($0) }
  }
}
