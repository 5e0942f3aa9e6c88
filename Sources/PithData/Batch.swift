/// Some samples of a data set, one after the other.
public struct Batch: Equatable, Sendable {
  /// How many samples these are; at least one.
  public var count: Int
  /// The preprocessed elements: ``count`` samples, each row-major.
  public var inputs: [Float]
  /// The samples' classes, if the data set has labels and they are asked for. Their range is not checked.
  public var labels: [Int]?
  /// Which samples of the data set these are, from 0.
  public var indices: [Int]

  public init(count: Int, inputs: [Float], labels: [Int]?, indices: [Int]) {
    self.count = count
    self.inputs = inputs
    self.labels = labels
    self.indices = indices
  }
}
