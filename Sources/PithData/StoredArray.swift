import PithFiles

/// An array in a file: where its bytes are, and what they mean. The first axis counts the samples.
struct StoredArray: Sendable {
  /// Where the bytes come from.
  enum Container: Sendable {
    /// A file of its own, plain or compressed with gzip.
    case file(path: String)
    case entry(ZipArchive.Entry, path: String)

    func open() throws -> any ByteStream {
      switch self {
      case .file(let path): try FileStream(path)
      case .entry(let entry, let path): try ZipEntryStream(entry, of: path)
      }
    }
  }

  /// What errors call the array: `FILE` or `FILE.npz:NAME`.
  let name: String
  let container: Container
  /// Where the numbers begin in the container's stream.
  let offset: Int
  let shape: [Int]
  let element: ElementFormat
  let bigEndian: Bool
  /// Whether the first axis varies fastest, as in Fortran.
  let columnMajor: Bool
  let holdsPixels: Bool

  /// The most elements that a sample may have: 512 MiB as floats, a volume of 512³.
  static let largestSample = 1 << 27

  /// - Throws: `FileError` when the shape is absurd or the stream has more or fewer bytes than it asks for.
  init(
    in stream: any ByteStream, container: Container, offset: Int, shape: [Int], element: ElementFormat,
    bigEndian: Bool, columnMajor: Bool = false, holdsPixels: Bool = false
  ) throws {
    name = stream.name
    self.container = container
    self.offset = offset
    self.shape = shape
    self.element = element
    self.bigEndian = bigEndian
    self.columnMajor = columnMajor && shape.count > 1
    self.holdsPixels = holdsPixels
    try checkLength(of: stream)
  }

  var count: Int { shape.first ?? 1 }

  /// The axes after the first. A number a sample has the shape [1].
  var sampleShape: [Int] { shape.count > 1 ? Array(shape.dropFirst()) : [1] }

  private func checkLength(of stream: any ByteStream) throws {
    let text = shape.map(String.init).joined(separator: " × ")
    var bytes = element.size
    for extent in shape where !shape.contains(0) {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else {
        throw FileError(
          path: name, reason: "its header says \(text) elements, which cannot be; it is damaged")
      }
      bytes = product
    }
    if shape.contains(0) { bytes = 0 }
    if count > 0, bytes / element.size / count > StoredArray.largestSample {
      throw FileError(
        path: name,
        reason: "its header says \(text): a sample of more than \(StoredArray.largestSample) elements; "
          + "the first axis has to count the samples")
    }
    let (promised, overflow) = bytes.addingReportingOverflow(offset)
    let (most, isExact) =
      switch stream.extent {
      case .exactly(let size): (size, true)
      case .atMost(let size): (size, false)
      }
    if overflow || promised > most {
      let has = isExact ? "it has \(most)" : "its compressed data hold \(most) at most"
      throw FileError(
        path: name,
        reason: "its header says \(text), which takes \(overflow ? Int.max : promised) bytes, and \(has); "
          + "it is cut short or damaged: copy it again")
    }
    if isExact, promised < most { throw FileError.tooLong(name, promised: promised) }
  }
}
