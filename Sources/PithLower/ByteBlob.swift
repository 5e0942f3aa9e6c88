/// Bytes of a section while it grows; equal pieces are stored once.
struct ByteBlob {
  private(set) var bytes: [UInt8] = []
  private var known: [[UInt8]: Int] = [:]

  /// Where the piece lies, at a multiple of `alignment`.
  mutating func add(_ piece: [UInt8], alignment: Int) -> Int {
    if let offset = known[piece], offset % alignment == 0 { return offset }
    let offset = append(piece, alignment: alignment)
    known[piece] = offset
    return offset
  }

  /// Where the piece lies, behind everything before it.
  mutating func append(_ piece: [UInt8], alignment: Int) -> Int {
    bytes += Array(repeating: 0, count: bytes.count.roundedUp(to: alignment) - bytes.count)
    let offset = bytes.count
    bytes += piece
    return offset
  }

  /// The little-endian bytes of plain values.
  static func bytes<T>(of values: [T]) -> [UInt8] {
    values.withUnsafeBytes { Array($0) }
  }
}
