import PithFiles

/// Reads a data set, or an evenly spaced part of it, in batches. Memory holds one batch.
public final class BatchReader {
  /// How many samples all batches together have.
  public let count: Int

  private let dataSet: DataSet
  private let size: Int
  private let includesLabels: Bool
  private var samples: (any SampleReader)?
  private var labels: LabelReader?
  private var delivered = 0
  /// The sample at which the files stand.
  private var position = 0
  private var hasEnded = false
  private var spacing: EvenSpacing
  private var raw: [Double]
  private var values: [Float]

  init(_ dataSet: DataSet, size: Int, limit: Int?, includesLabels: Bool) {
    self.dataSet = dataSet
    self.size = max(1, size)
    count = min(dataSet.count, max(1, limit ?? dataSet.count))
    self.includesLabels = includesLabels && dataSet.hasLabels
    spacing = EvenSpacing(count: count, of: dataSet.count)
    raw = []
    values = []
  }

  /// Reads the next batch: as many samples as asked for, the last one what is left.
  /// - Returns: `nil` after the last.
  /// - Throws: `FileError` when a file turns out to be damaged, or a value is not finite, or a label not a
  ///   whole number; the sample is named. No batch follows.
  public func next() throws -> Batch? {
    guard !hasEnded else { return nil }
    do {
      if samples == nil { try open() }
      let batch = try readBatch()
      if delivered == count {
        try finish()
        hasEnded = true
      }
      return batch
    } catch {
      hasEnded = true
      throw error
    }
  }

  private func open() throws {
    samples = try dataSet.samples.makeReader()
    if includesLabels, let source = dataSet.labels { labels = try LabelReader(source) }
    raw = [Double](repeating: 0, count: dataSet.elementCount)
    values = [Float](repeating: 0, count: dataSet.elementCount)
  }

  private func readBatch() throws -> Batch {
    let size = min(self.size, count - delivered)
    var batch = Batch(count: size, inputs: [], labels: includesLabels ? [] : nil, indices: [])
    // Samples may be large, and batches too: not more is promised than a moderate batch needs.
    batch.inputs.reserveCapacity(min(size * dataSet.elementCount, 1 << 24))
    for _ in 0..<size {
      let index = spacing.next()
      let label = try readSample(index)
      batch.inputs.append(contentsOf: values)
      batch.indices.append(index)
      if let label { batch.labels?.append(label) }
    }
    delivered += size
    return batch
  }

  /// Reads sample `index` into `values`.
  private func readSample(_ index: Int) throws -> Int? {
    guard let samples else { return nil }
    if index > position {
      try samples.skip(index - position)
      try labels?.skip(index - position)
    }
    position = index + 1
    let label = try raw.withUnsafeMutableBufferPointer { try samples.read(into: $0) }
    let isFinite = raw.withUnsafeBufferPointer { raw in
      values.withUnsafeMutableBufferPointer { dataSet.transform.apply(raw, into: $0) }
    }
    guard isFinite else { throw dataSet.notFinite(sample: index, raw: raw, values: values) }
    guard includesLabels else { return nil }
    if let labels { return try labels.read(sample: index) }
    return try label.map { try LabelDecoder(name: dataSet.samples.name).label($0, sample: index) }
  }

  private func finish() throws {
    guard position == dataSet.count else { return }
    try samples?.finish()
    try labels?.finish()
  }
}

/// The indices 0, n/k, 2n/k, … of k among n, each rounded down, without computing products that overflow.
struct EvenSpacing {
  private let step: Int
  private let remainder: Int
  private let parts: Int
  private var index = 0
  private var error = 0

  init(count: Int, of total: Int) {
    parts = max(1, count)
    (step, remainder) = total.quotientAndRemainder(dividingBy: parts)
  }

  mutating func next() -> Int {
    defer {
      index += step
      error += remainder
      if error >= parts {
        error -= parts
        index += 1
      }
    }
    return index
  }
}

extension DataSet {
  /// The error for a sample that is not finite as it is in the file, or after preprocessing.
  func notFinite(sample index: Int, raw: [Double], values: [Float]) -> FileError {
    let element = values.firstIndex { !$0.isFinite } ?? 0
    let isRaw = !raw[element].isFinite
    let what = isRaw ? "\(raw[element])" : "\(raw[element]), which preprocessing makes \(values[element])"
    return FileError(
      path: samples.name,
      reason: "sample \(index) (from 0) holds \(what) at element \(element); "
        + "remove the sample, or correct \(isRaw ? "its value" : "scale, mean and std")")
  }
}
