import PithData
import PithGraph

/// Batches of a `BatchLoader`, as tensors for a graph of one input.
public struct LoadedData: TrainingData {
  public let loader: BatchLoader
  /// A sample's shape, as the graph's input has it.
  private let sampleShape: [Int]
  /// By sample of the store; instead of what the store says.
  private let labels: [Int]?

  public var sampleCount: Int { loader.samplesPerEpoch }
  public var batchCount: Int { loader.stepsPerEpoch }

  /// - Parameters:
  ///   - sampleShape: the input's shape without its batch; nil for the samples' own.
  ///   - labels: a class for each sample of the store, instead of the targets that it has.
  /// - Throws: `TrainingError` where samples have another number of elements.
  public init(_ loader: BatchLoader, sampleShape: [Int]? = nil, labels: [Int]? = nil) throws {
    let store = loader.samples.store
    let shape = sampleShape ?? store.sampleShape
    guard Shape.elementCount(shape) == store.elementCount else {
      throw TrainingError(
        "\(store.name): samples of shape \(store.sampleShape) do not fit the model's input, \(shape); give data of that size"
      )
    }
    self.loader = loader
    self.sampleShape = shape
    self.labels = labels ?? store.labels
  }

  public func batches(epoch: Int, from first: Int) throws -> any TrainingBatches {
    Batches(
      loader.epoch(epoch, from: first), sampleShape, labels, isPristine: loader.augmentation.isEmpty)
  }

  private final class Batches: TrainingBatches {
    private let batches: PrefetchedBatches
    private let sampleShape: [Int]
    private let labels: [Int]?
    private let isPristine: Bool

    init(_ batches: PrefetchedBatches, _ sampleShape: [Int], _ labels: [Int]?, isPristine: Bool) {
      self.batches = batches
      self.sampleShape = sampleShape
      self.labels = labels
      self.isPristine = isPristine
    }

    func next() throws -> TrainingBatch? {
      guard let batch = batches.next() else { return nil }
      let own = labels.map { labels in batch.indices.map { labels[$0] } }
      let partners = own.flatMap { own in batch.mixture.map { $0.partners.map { own[$0] } } }
      let targets = own == nil ? Self.targets(batch) : nil
      return TrainingBatch(
        inputs: [Tensor(shape: [batch.count] + sampleShape, floats: batch.inputs)], labels: own,
        partnerLabels: partners, mixWeight: batch.mixture?.weight ?? 1,
        targets: targets.map { Tensor(shape: [batch.count, batch.targetCount], floats: $0) },
        indices: batch.indices, isPristine: isPristine)
    }

    /// The targets, mixed as the samples are: for every loss here that has the gradient of the mixed losses.
    private static func targets(_ batch: SampleBatch) -> [Float]? {
      guard let targets = batch.targets, let mixture = batch.mixture, let partners = batch.partnerTargets
      else {
        return batch.targets
      }
      return zip(targets, partners).map { mixture.weight * $0 + (1 - mixture.weight) * $1 }
    }
  }
}
