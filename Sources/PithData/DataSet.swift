import PithFiles

/// Samples, and their labels if there are any, in files that are read as needed: memory does not grow with
/// the number of samples.
public struct DataSet: Sendable {
  /// How many samples there are; at least one.
  public let count: Int
  /// The shape of one sample, without a batch axis: [28, 28] for an IDX file of images, [F] for a table.
  public let sampleShape: [Int]
  /// Whether every sample has the number of its class.
  public var hasLabels: Bool { labels != nil || samples.holdsLabels }
  /// What the classes are called, in the order of their numbers, where the data say so: the names of the
  /// folders of images.
  public var classNames: [String]? { labels == nil ? samples.classNames : nil }
  /// Checks that the classes are called as those of `other`, where both say so: folders of images number their
  /// classes by name, so that a missing one shifts all that follow.
  /// - Throws: `FileError` naming the first class that differs.
  public func checkClasses(like other: DataSet) throws {
    guard let own = classNames, let theirs = other.classNames, own != theirs else { return }
    let index = zip(own, theirs).prefix { $0 == $1 }.count
    func called(_ names: [String]) -> String {
      index < names.count ? "called '\(names[index])'" : "missing"
    }
    throw FileError(
      path: name,
      reason:
        "class \(index) is \(called(own)), and in \(other.name) it is \(called(theirs)); both need the same "
        + "folders")
  }
  /// How many elements a sample has.
  public var elementCount: Int { sampleShape.elementCount }
  /// What the user called the data.
  public let name: String

  let samples: any SampleSource
  /// Labels in a file of their own.
  let labels: (any SampleSource)?
  let transform: ChannelTransform

  /// Opens the data that `specification` names (see ``DataSource``).
  /// - Parameter preprocessing: goes before what a YAML file says.
  /// - Throws: `FileError` when there is no such file, or it is damaged, or it does not fit the rest.
  public init(_ specification: String, preprocessing: Preprocessing = Preprocessing()) throws {
    var source = try DataSource(specification)
    source.preprocessing = preprocessing.filled(from: source.preprocessing)
    try self.init(source)
  }

  /// Opens the data that `source` names. Files are looked at, and only tables are read once to count lines.
  /// - Throws: `FileError` when there is no such file, or it is damaged, or it does not fit the rest.
  public init(_ source: DataSource) throws {
    let (samples, labels) = try source.open()
    guard samples.count > 0, samples.sampleShape.elementCount > 0 else {
      throw FileError(path: samples.name, reason: "holds no samples; a data set needs one at least")
    }
    if let labels, labels.count != samples.count {
      throw FileError(
        path: labels.name,
        reason: "holds \(labels.count) labels, and \(samples.name) holds \(samples.count) samples; "
          + "they have to belong together")
    }
    if let shape = source.shape, shape.elementCount != samples.sampleShape.elementCount {
      throw FileError(
        path: samples.name,
        reason: "its samples have the shape \(samples.sampleShape), which cannot become \(shape): "
          + "\(samples.sampleShape.elementCount) elements against \(shape.elementCount)")
    }
    self.samples = samples
    self.labels = labels
    count = samples.count
    sampleShape = source.shape ?? samples.sampleShape
    name = source.name
    transform = try ChannelTransform(
      source.preprocessing, shape: sampleShape, holdsPixels: samples.holdsPixels, file: samples.name)
  }

  /// Reads the samples in batches, from the first, as often as called.
  /// - Parameters:
  ///   - size: how many samples a batch has; the last may have fewer. At least 1.
  ///   - limit: reads only so many samples, evenly spaced over the whole set, so that a file sorted by class
  ///     still gives all classes. The same ones each time.
  ///   - includingLabels: pass `false` where labels are not needed, and may be of any kind.
  public func batches(of size: Int, limit: Int? = nil, includingLabels: Bool = true) -> BatchReader {
    BatchReader(self, size: size, limit: limit, includesLabels: includingLabels)
  }
}
