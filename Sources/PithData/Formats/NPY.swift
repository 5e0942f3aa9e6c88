import PithFiles

/// NumPy's array files, `.npy`.
public enum NPY {
  /// What an array file holds.
  public struct Contents: Equatable, Sendable {
    /// The axes; empty for a single number.
    public var shape: [Int]
    /// The elements in row-major order, whatever the order and the type in the file.
    public var values: [Float]

    public init(shape: [Int], values: [Float]) {
      self.shape = shape
      self.values = values
    }
  }

  /// Reads a whole array of numbers, of any type and byte order, into memory.
  /// - Throws: `FileError` when the file is missing, damaged or holds something else than numbers. Values that
  ///   are not finite are passed on.
  public static func read(_ path: String) throws -> Contents {
    try read(open(path))
  }

  static func read(_ array: StoredArray) throws -> Contents {
    let reader = try array.makeReader()
    let elements = array.sampleShape.elementCount
    var contents = Contents(shape: array.shape, values: [])
    var row = [Double](repeating: 0, count: elements)
    if elements > 0 {
      for _ in 0..<array.count {
        _ = try row.withUnsafeMutableBufferPointer { try reader.read(into: $0) }
        contents.values.append(contentsOf: row.lazy.map { Float($0) })
      }
    }
    try reader.finish()
    return contents
  }

  /// Writes `values` to the file at `path` as an array of little-endian floats in row-major order.
  /// - Parameter shape: the axes; their product is the number of values.
  /// - Throws: `FileError` when the file cannot be written; then nothing at `path` has changed.
  public static func write(_ values: [Float], shape: [Int], to path: String) throws {
    precondition(shape.elementCount == values.count, "\(values.count) values do not have the shape \(shape)")
    try AtomicFile.write(to: path) { sink in
      try writeHeader(shape: shape, to: &sink)
      try values.withUnsafeBytes { try sink.write($0) }
    }
  }

  /// Writes the header of an array of little-endian floats in row-major order; the elements follow it. For
  /// arrays too large to hold.
  /// - Throws: `FileError` when the file cannot be written.
  public static func writeHeader(shape: [Int], to sink: inout FileSink) throws {
    // A tuple of one element has a comma behind it in Python.
    let axes = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
    var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(axes)), }"
    // NEP 1: the elements begin at a multiple of 64, after a line feed.
    let unpadded = 10 + text.utf8.count + 1
    text += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    try sink.write(NPYHeader.magic + [1, 0])
    try sink.write(littleEndian: UInt16(text.utf8.count))
    try sink.write(text)
  }

  static func open(_ path: String) throws -> StoredArray {
    try open(FileStream(path), container: .file(path: path))
  }

  static func open(_ stream: any ByteStream, container: StoredArray.Container) throws -> StoredArray {
    let header = try NPYHeader(stream)
    return try StoredArray(
      in: stream, container: container, offset: stream.position, shape: header.shape,
      element: header.element, bigEndian: header.bigEndian, columnMajor: header.columnMajor)
  }
}
