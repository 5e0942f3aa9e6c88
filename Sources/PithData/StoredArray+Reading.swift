import PithFiles

extension StoredArray: SampleSource {
  var holdsLabels: Bool { false }
  var holdsBytes: Bool { element == .uint8 }

  func makeReader() throws -> any SampleReader {
    if columnMajor { return try ColumnMajorReader(self) }
    return try RowMajorReader(self)
  }
}

/// Reads an array whose samples follow one another.
final class RowMajorReader: SampleReader {
  private let array: StoredArray
  private let stream: any ByteStream
  private var raw: [UInt8]
  private var index = 0

  init(_ array: StoredArray) throws {
    self.array = array
    stream = try array.container.open()
    raw = [UInt8](repeating: 0, count: array.sampleShape.elementCount * array.element.size)
    // Read, not skipped: checksums are over everything.
    _ = try stream.read(exactly: array.offset, "the header")
  }

  func read(into sample: UnsafeMutableBufferPointer<Double>) throws -> Double? {
    try raw.withUnsafeMutableBytes { raw in
      try stream.fill(raw, "sample \(index) of \(array.count)")
      array.element.decode(UnsafeRawBufferPointer(raw), bigEndian: array.bigEndian, into: sample)
    }
    index += 1
    return nil
  }

  func read(into sample: UnsafeMutableBufferPointer<UInt8>) throws -> Double? {
    precondition(array.holdsBytes && sample.count == raw.count)
    try stream.fill(UnsafeMutableRawBufferPointer(sample), "sample \(index) of \(array.count)")
    index += 1
    return nil
  }

  func skip(_ count: Int) throws {
    try stream.skip(count * raw.count)
    index += count
  }

  func finish() throws { try stream.expectEnd() }
}
