/// Samples in a file, which can be read from the front as often as needed.
protocol SampleSource: Sendable {
  /// What errors call it.
  var name: String { get }
  var count: Int { get }
  /// The shape of one sample. Empty only where the source holds nothing but labels.
  var sampleShape: [Int] { get }
  /// Whether each sample comes with its label.
  var holdsLabels: Bool { get }
  /// Whether the numbers are unsigned bytes of the IDX format, by custom pixels from 0 to 255.
  var holdsPixels: Bool { get }

  func makeReader() throws -> any SampleReader
}

/// Reads samples one after the other.
protocol SampleReader: AnyObject {
  /// Reads the next sample, as many numbers as its shape says.
  /// - Returns: its label, where the source holds labels.
  func read(into sample: UnsafeMutableBufferPointer<Double>) throws -> Double?

  /// Passes over `count` samples.
  func skip(_ count: Int) throws

  /// Called after the last sample of the source: checks that nothing follows, and checksums.
  func finish() throws
}

extension Array where Element == Int {
  /// How many elements a tensor of this shape has. The caller knows that it does not overflow.
  var elementCount: Int { reduce(1, *) }
}
