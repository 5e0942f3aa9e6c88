import Foundation
import PithFiles

/// A data set in memory, so that training can take its samples in any order.
///
/// It is read once. Where the files hold bytes (IDX, images, NumPy's `uint8`) it keeps them as they are, and
/// anything else as preprocessed floats; beyond a budget they are in a temporary file without a name.
public final class SampleStore: Sendable {
  /// What is kept of each sample besides its elements.
  public enum TargetKind: String, Codable, Hashable, Sendable {
    /// Nothing.
    case none
    /// The number of its class.
    case classes
    /// One or more numbers, for regression and for several independent labels.
    case values
  }

  /// What the user called the data.
  public let name: String
  /// How many samples there are; at least one.
  public let count: Int
  /// The shape of one sample, without a batch axis.
  public let sampleShape: [Int]
  /// How many elements a sample has.
  public let elementCount: Int
  /// The samples' classes, if they were asked for; see ``checkLabels(below:)`` for their range.
  public let labels: [Int]?
  /// The samples' target values, ``targetCount`` for each sample, if they were asked for. All are finite.
  public let targets: [Float]?
  /// How many target values a sample has; 0 unless they were asked for.
  public let targetCount: Int
  /// What the classes are called, in the order of their numbers, where the data say so.
  public let classNames: [String]?
  /// Whether the samples are in a temporary file.
  public var isOnDisk: Bool { storage.isFile }
  /// Bytes that the samples take.
  public var byteCount: Int { storage.bytes.count }

  let storage: SampleStorage
  /// Whether ``storage`` holds raw bytes, not preprocessed floats.
  let holdsBytes: Bool
  let transform: ChannelTransform
  private let labelSource: String

  /// Reads `dataSet`.
  /// - Parameters:
  ///   - targets: what to keep of each sample besides its elements.
  ///   - memoryBudget: how many bytes the samples may take in memory.
  ///   - threads: how many threads decode images; at least 1, as many as there are processors if `nil`.
  ///   - progress: called now and then with the number of samples that have been read, rising.
  /// - Throws: `FileError` when a file is damaged, a value is not finite, a label is not what is asked for or
  ///   missing, or there is no room.
  public init(
    _ dataSet: DataSet, targets kind: TargetKind = .classes, memoryBudget: Int = 1 << 30,
    threads: Int? = nil, progress: (@Sendable (Int) -> Void)? = nil
  ) throws {
    if kind != .none, !dataSet.hasLabels {
      throw FileError(
        path: dataSet.name,
        reason: "has no labels, and training needs them; name them, as in SAMPLES,LABELS or FILE.npz:x,y")
    }
    name = dataSet.name
    count = dataSet.count
    sampleShape = dataSet.sampleShape
    elementCount = dataSet.elementCount
    transform = dataSet.transform
    holdsBytes = dataSet.samples.holdsBytes
    classNames = dataSet.classNames
    labelSource = dataSet.labels?.name ?? dataSet.samples.name

    let (perSample, overflow) = elementCount.multipliedReportingOverflow(by: holdsBytes ? 1 : 4)
    let (byteCount, overflow2) = perSample.multipliedReportingOverflow(by: count)
    if overflow || overflow2 {
      throw FileError(path: name, reason: "has more samples than memory can hold")
    }
    storage = try SampleStorage(byteCount: byteCount, budget: memoryBudget, name: name)
    let own = try SampleFill(dataSet, into: storage.bytes, threads: threads, progress: progress).run()
    let values = kind == .none ? nil : try TargetValues(dataSet, own: own)
    labels = kind == .classes ? try values?.classes() : nil
    targets = kind == .values ? try values?.floats() : nil
    targetCount = kind == .values ? values?.columns ?? 0 : 0
  }

  /// Checks that every label is the number of one of `classCount` classes.
  /// - Throws: `FileError` naming the first sample whose label is not.
  public func checkLabels(below classCount: Int) throws {
    guard let labels, let sample = labels.firstIndex(where: { !(0..<classCount).contains($0) }) else {
      return
    }
    throw FileError(
      path: labelSource,
      reason: "the label of sample \(sample) is \(labels[sample]), and the model has \(classCount) outputs: "
        + "classes 0 to \(classCount - 1); use the labels that belong to the model")
  }

  /// The raw bytes of sample `index`, where the store ``holdsBytes``.
  func rawSample(_ index: Int) -> UnsafeBufferPointer<UInt8> {
    let bytes = UnsafeRawBufferPointer(storage.bytes)
    return UnsafeRawBufferPointer(rebasing: bytes[index * elementCount..<(index + 1) * elementCount])
      .bindMemory(to: UInt8.self)
  }

  /// The preprocessed elements of sample `index`, where the store does not hold bytes.
  func preprocessedSample(_ index: Int) -> UnsafeBufferPointer<Float> {
    let size = elementCount * 4
    let bytes = UnsafeRawBufferPointer(storage.bytes)
    return UnsafeRawBufferPointer(rebasing: bytes[index * size..<(index + 1) * size])
      .bindMemory(to: Float.self)
  }
}

/// The labels of all samples as the files hold them.
private struct TargetValues {
  /// Row by row.
  var values: [Double]
  let columns: Int
  let decoder: LabelDecoder

  /// - Parameter own: the labels that came with the samples, where they do.
  init(_ dataSet: DataSet, own: [Double]) throws {
    guard let source = dataSet.labels else {
      decoder = LabelDecoder(name: dataSet.samples.name)
      columns = 1
      values = own
      return
    }
    decoder = LabelDecoder(name: source.name)
    let columns = source.holdsLabels ? 1 : source.sampleShape.elementCount
    self.columns = columns
    values = [Double](repeating: 0, count: source.count * columns)
    let reader = try source.makeReader()
    try values.withUnsafeMutableBufferPointer { values in
      for sample in 0..<source.count {
        let row = UnsafeMutableBufferPointer(rebasing: values[sample * columns..<(sample + 1) * columns])
        if source.holdsLabels {
          row[0] = try reader.read(into: UnsafeMutableBufferPointer<Double>(start: nil, count: 0)) ?? 0
        } else {
          _ = try reader.read(into: row)
        }
      }
    }
    try reader.finish()
  }

  func classes() throws -> [Int] {
    try values.withUnsafeBufferPointer { values in
      try (0..<values.count / columns).map { sample in
        if columns == 1 { return try decoder.label(values[sample], sample: sample) }
        let row = values[sample * columns..<(sample + 1) * columns]
        return try decoder.label(oneHot: UnsafeBufferPointer(rebasing: row), sample: sample)
      }
    }
  }

  func floats() throws -> [Float] {
    let floats = values.map { Float($0) }
    if let index = floats.firstIndex(where: { !$0.isFinite }) {
      throw FileError(
        path: decoder.name,
        reason:
          "the target of sample \(index / columns) is \(values[index]); remove the sample, or correct it")
    }
    return floats
  }
}
