import PithFiles

/// The IDX format of the MNIST family: two zero bytes, the element type, the number of axes, the axes as
/// big-endian 32-bit numbers, then the elements, big-endian (Y. LeCun, "The MNIST database").
enum IDX {
  /// The element type behind its code, the third byte of the file.
  static func element(_ code: UInt8) -> ElementFormat? {
    switch code {
    case 0x08: .uint8
    case 0x09: .int8
    case 0x0B: .int16
    case 0x0C: .int32
    case 0x0D: .float32
    case 0x0E: .float64
    default: nil
    }
  }

  /// Whether a file may be IDX, from its first four bytes.
  static func matches(_ magic: some Collection<UInt8>) -> Bool {
    let bytes = Array(magic.prefix(4))
    return bytes.count == 4 && bytes[0] == 0 && bytes[1] == 0 && element(bytes[2]) != nil && bytes[3] > 0
  }

  /// Reads the header of the IDX file at `path`.
  static func open(_ path: String) throws -> StoredArray {
    let stream = try FileStream(path)
    let magic = try stream.read(exactly: 4, "the header")
    guard matches(magic), let element = element(magic[2]) else {
      throw FileError(path: path, reason: "not an IDX file: it starts with \(magic)")
    }
    let axes = try stream.read(exactly: 4 * Int(magic[3]), "the header")
    let shape = stride(from: 0, to: axes.count, by: 4).map { start in
      axes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
    }
    return try StoredArray(
      in: stream, container: .file(path: path), offset: stream.position, shape: shape, element: element,
      bigEndian: true, holdsPixels: element == .uint8)
  }
}
