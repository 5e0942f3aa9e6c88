/// The samples of one training step.
public struct SampleBatch: Equatable, Sendable {
  /// Which of the epoch's batches this is, from 0.
  public var step: Int
  /// Which samples of the store these are.
  public var indices: [Int]
  /// Augmented and preprocessed elements: ``count`` samples, each row-major, one behind the other.
  ///
  /// The loader writes a later batch into the same memory unless it is still referred to from elsewhere: keep
  /// it as long as needed, and let go of it soon.
  public var inputs: [Float]
  /// The samples' classes, where the store has them.
  public var labels: [Int]?
  /// The samples' target values, row by row, where the store has them.
  public var targets: [Float]?
  /// How many target values a sample has.
  public var targetCount: Int
  /// With whom the samples are mixed, if they are.
  public var mixture: Mixture?

  /// How many samples these are; at least one.
  public var count: Int { indices.count }

  /// What mixup has made of a batch: sample i of ``SampleBatch/inputs`` is
  /// ``weight`` · xᵢ + (1 − ``weight``) · x of ``partners``[i]. Labels and targets are as they were before.
  public struct Mixture: Equatable, Sendable {
    /// λ, from 0 to 1.
    public var weight: Float
    /// For each sample the place of its partner in the batch.
    public var partners: [Int]
  }

  /// The partners' classes: the loss is λ times that with ``labels`` plus 1 − λ times that with these. `nil`
  /// where samples are not mixed.
  public var partnerLabels: [Int]? {
    guard let mixture, let labels else { return nil }
    return mixture.partners.map { labels[$0] }
  }

  /// The partners' target values. `nil` where samples are not mixed.
  public var partnerTargets: [Float]? {
    guard let mixture, let targets else { return nil }
    return mixture.partners.flatMap { targets[$0 * targetCount..<($0 + 1) * targetCount] }
  }

  init() {
    (step, targetCount) = (0, 0)
    (indices, inputs) = ([], [])
  }
}
