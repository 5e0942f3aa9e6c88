import PithData
import PithGraph

/// Batches of a `BatchLoader`, as tensors for a graph of one input.
public struct LoadedData: TrainingData {
  public let loader: BatchLoader
  /// A sample's shape, as the graph's input has it.
  private let sampleShape: [Int]

  public var sampleCount: Int { loader.samplesPerEpoch }
  public var batchCount: Int { loader.stepsPerEpoch }

  /// - Parameter sampleShape: the input's shape without its batch; nil for the samples' own.
  /// - Throws: `TrainingError` where samples have another number of elements.
  public init(_ loader: BatchLoader, sampleShape: [Int]? = nil) throws {
    let store = loader.samples.store
    let shape = sampleShape ?? store.sampleShape
    guard Shape.elementCount(shape) == store.elementCount else {
      throw TrainingError(
        "\(store.name): samples of shape \(store.sampleShape) do not fit the model's input, \(shape); give data of that size"
      )
    }
    self.loader = loader
    self.sampleShape = shape
  }

  public func batches(epoch: Int, from first: Int) throws -> any TrainingBatches {
    Batches(loader.epoch(epoch, from: first), sampleShape, isPristine: loader.augmentation.isEmpty)
  }

  private final class Batches: TrainingBatches {
    private let batches: PrefetchedBatches
    private let sampleShape: [Int]
    private let isPristine: Bool

    init(_ batches: PrefetchedBatches, _ sampleShape: [Int], isPristine: Bool) {
      self.batches = batches
      self.sampleShape = sampleShape
      self.isPristine = isPristine
    }

    func next() throws -> TrainingBatch? {
      guard let batch = batches.next() else { return nil }
      return TrainingBatch(
        inputs: [Tensor(shape: [batch.count] + sampleShape, floats: batch.inputs)], labels: batch.labels,
        partnerLabels: batch.partnerLabels, mixWeight: batch.mixture?.weight ?? 1,
        targets: Self.targets(batch).map { Tensor(shape: [batch.count, batch.targetCount], floats: $0) },
        indices: batch.indices, isPristine: isPristine)
    }

    /// The targets, mixed as the samples are: to every loss here that has the gradient of mixed losses.
    private static func targets(_ batch: SampleBatch) -> [Float]? {
      guard let targets = batch.targets, let mixture = batch.mixture, let partners = batch.partnerTargets
      else {
        return batch.targets
      }
      return zip(targets, partners).map { mixture.weight * $0 + (1 - mixture.weight) * $1 }
    }
  }
}
