/// Samples in a file, which can be read from the front as often as needed.
protocol SampleSource: Sendable {
  /// What errors call it.
  var name: String { get }
  var count: Int { get }
  /// The shape of one sample. Empty only where the source holds nothing but labels.
  var sampleShape: [Int] { get }
  /// Whether each sample comes with its label.
  var holdsLabels: Bool { get }
  /// Whether the numbers are unsigned bytes of the IDX format, or of images: by custom pixels from 0 to 255.
  var holdsPixels: Bool { get }

  /// Whether every number is a whole one from 0 to 255.
  var holdsBytes: Bool { get }
  /// Whether a reader passes over samples at no cost, so that several can read different parts at once.
  var isRandomAccess: Bool { get }
  /// What the classes are called, in the order of their numbers, where the source says so.
  var classNames: [String]? { get }

  func makeReader() throws -> any SampleReader
}

extension SampleSource {
  var holdsBytes: Bool { false }
  var isRandomAccess: Bool { false }
  var classNames: [String]? { nil }
}

/// Reads samples one after the other.
protocol SampleReader: AnyObject {
  /// Reads the next sample, as many numbers as its shape says.
  /// - Returns: its label, where the source holds labels.
  func read(into sample: UnsafeMutableBufferPointer<Double>) throws -> Double?

  /// Reads the next sample of a source that holds bytes.
  /// - Returns: its label, where the source holds labels.
  func read(into sample: UnsafeMutableBufferPointer<UInt8>) throws -> Double?

  /// Passes over `count` samples.
  func skip(_ count: Int) throws

  /// Called after the last sample of the source: checks that nothing follows, and checksums.
  func finish() throws
}

extension SampleReader {
  func read(into sample: UnsafeMutableBufferPointer<UInt8>) throws -> Double? {
    try withUnsafeTemporaryAllocation(of: Double.self, capacity: sample.count) { wide in
      wide.initialize(repeating: 0)
      let label = try read(into: wide)
      for index in sample.indices { sample[index] = UInt8(max(0, min(255, wide[index]))) }
      return label
    }
  }
}

extension Array where Element == Int {
  /// How many elements a tensor of this shape has. The caller knows that it does not overflow.
  var elementCount: Int { reduce(1, *) }
}
