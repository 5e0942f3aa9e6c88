import PithFiles

/// Turns what files hold as labels into class numbers.
struct LabelDecoder: Sendable {
  /// What errors call the source of the labels.
  let name: String

  /// A class number, which may be written as a float.
  func label(_ value: Double, sample: Int) throws -> Int {
    guard let label = Int(exactly: value) else {
      throw FileError(
        path: name,
        reason: "the label of sample \(sample) is \(Float(value)), and labels are whole numbers of classes; "
          + "for calibration leave the labels away")
    }
    return label
  }

  /// The class of a row of zeros with a single one.
  func label(oneHot row: UnsafeBufferPointer<Double>, sample: Int) throws -> Int {
    guard let label = row.firstIndex(of: 1), row.indices.allSatisfy({ $0 == label || row[$0] == 0 }) else {
      throw FileError(
        path: name,
        reason:
          "the labels of sample \(sample) are \(row.count) numbers that are not a single 1 among zeros; "
          + "save class numbers, for example y.argmax(1)")
    }
    return label
  }
}

/// Reads the labels that a file of their own holds, in step with the samples.
final class LabelReader {
  private let source: any SampleSource
  private let reader: any SampleReader
  private let decoder: LabelDecoder
  private var row: [Double]

  init(_ source: any SampleSource) throws {
    self.source = source
    reader = try source.makeReader()
    decoder = LabelDecoder(name: source.name)
    row = [Double](repeating: 0, count: source.sampleShape.elementCount)
  }

  func read(sample: Int) throws -> Int {
    let own = try row.withUnsafeMutableBufferPointer { try reader.read(into: $0) }
    if let own { return try decoder.label(own, sample: sample) }
    if row.count == 1 { return try decoder.label(row[0], sample: sample) }
    return try row.withUnsafeBufferPointer { try decoder.label(oneHot: $0, sample: sample) }
  }

  func skip(_ count: Int) throws { try reader.skip(count) }
  func finish() throws { try reader.finish() }
}
