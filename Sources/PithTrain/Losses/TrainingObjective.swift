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

  /// How many samples are classified right; nil where the samples have no classes.
  ///
  /// The default looks for the largest entry of the first output. Samples that mixup mixed count by the class that
  /// weighs more.
  func correctCount(_ outputs: [Tensor], _ batch: TrainingBatch) -> Int?
}

extension TrainingObjective {
  public func correctCount(_ outputs: [Tensor], _ batch: TrainingBatch) -> Int? {
    outputs.first.flatMap { Classification.correctCount($0, batch, threshold: 0.5) }
  }
}

/// Predicted classes.
public enum Classification {
  /// How many rows of `output`, `[count, classes…]`, have their largest entry at their label.
  /// - Parameter threshold: above which a single output means class 1.
  /// - Returns: nil where there are no labels, or the rows do not fit them.
  public static func correctCount(_ output: Tensor, _ batch: TrainingBatch, threshold: Float) -> Int? {
    let labels = batch.mixWeight < 0.5 ? batch.partnerLabels ?? batch.labels : batch.labels
    guard let labels, let values = output.floats, output.shape.first == labels.count, !labels.isEmpty else {
      return nil
    }
    let width = values.count / labels.count
    guard width > 0 else { return nil }
    return values.withUnsafeBufferPointer { values in
      labels.indices.count(where: { row in
        guard width > 1 else { return (values[row] > threshold ? 1 : 0) == labels[row] }
        var best = row * width
        for index in best..<(row + 1) * width where values[index] > values[best] { best = index }
        return best - row * width == labels[row]
      })
    }
  }
}
