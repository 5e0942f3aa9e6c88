import PithGraph

/// What one step of training is given.
public struct TrainingBatch: Sendable {
  /// A tensor for each input of the graph, the samples along the first axis.
  public var inputs: [Tensor]
  /// The samples' classes, where the data have classes.
  public var labels: [Int]?
  /// What mixup has mixed each sample with: a sample's loss is mixWeight · loss(label) + (1 − mixWeight) · loss(partner).
  public var partnerLabels: [Int]?
  public var mixWeight: Float
  /// The samples' numbers to predict, `[count, …]`, where the data have such.
  public var targets: Tensor?
  /// Which samples of the data set these are.
  public var indices: [Int]
  /// Whether `inputs` are the data set's own samples, not augmented: what is computed of them may be kept.
  public var isPristine: Bool

  public var count: Int { indices.count }

  public init(
    inputs: [Tensor], labels: [Int]? = nil, partnerLabels: [Int]? = nil, mixWeight: Float = 1,
    targets: Tensor? = nil, indices: [Int], isPristine: Bool = true
  ) {
    self.inputs = inputs
    self.labels = labels
    self.partnerLabels = partnerLabels
    self.mixWeight = mixWeight
    self.targets = targets
    self.indices = indices
    self.isPristine = isPristine
  }
}

/// A batch's loss, and how it changes with the outputs.
public struct ObjectiveValue: Sendable {
  /// The mean over the samples.
  public var loss: Double
  /// For each output of the graph the gradient of the loss, of the output's shape; nil where the loss ignores it.
  public var gradients: [Tensor?]

  public init(loss: Double, gradients: [Tensor?]) {
    self.loss = loss
    self.gradients = gradients
  }
}

/// What training makes small: a function of a graph's outputs and a batch.
public protocol TrainingObjective: Sendable {
  /// - Throws: `GraphError` where outputs and batch do not fit.
  func evaluate(_ outputs: [Tensor], _ batch: TrainingBatch) throws -> ObjectiveValue
}
