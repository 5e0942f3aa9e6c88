import PithEngine
import PithGraph

/// Samples in memory, for small data sets and tests.
public struct TensorData: TrainingData {
  public let sampleCount: Int
  public let batchSize: Int
  /// What the order of the samples follows from, anew for each epoch; nil for the order that they have.
  public var shuffleSeed: UInt64?
  private let inputs: [Tensor]
  private let labels: [Int]?
  private let targets: Tensor?

  public var batchCount: Int { (sampleCount + batchSize - 1) / batchSize }

  /// - Parameters:
  ///   - inputs: float32 tensors with the samples along the first axis, one for each input of the graph.
  ///   - labels: the samples' classes.
  ///   - targets: the samples' numbers, `[samples, …]`.
  /// - Throws: `TrainingError` where they are not equally many, or none.
  public init(
    inputs: [Tensor], labels: [Int]? = nil, targets: Tensor? = nil, batchSize: Int, shuffleSeed: UInt64? = nil
  ) throws {
    let counts = Set(
      (inputs + [targets].compactMap(\.self)).map { $0.shape.first ?? 0 } + (labels.map { [$0.count] } ?? []))
    guard let count = counts.first, counts.count == 1, count > 0, batchSize > 0 else {
      throw TrainingError(
        "inputs, labels and targets have to be of equally many samples, not \(counts.sorted())")
    }
    sampleCount = count
    self.batchSize = batchSize
    self.inputs = inputs
    self.labels = labels
    self.targets = targets
    self.shuffleSeed = shuffleSeed
  }

  public func batches(epoch: Int, from first: Int) throws -> any TrainingBatches {
    let order =
      shuffleSeed.map { Shuffle.order(of: sampleCount, seed: SeedMixer.mix($0, UInt64(epoch))) }
      ?? Array(0..<sampleCount)
    return Batches(data: self, order: order, next: first * batchSize)
  }

  private final class Batches: TrainingBatches {
    private let data: TensorData
    private let order: [Int]
    private var position: Int

    init(data: TensorData, order: [Int], next: Int) {
      self.data = data
      self.order = order
      position = next
    }

    func next() throws -> TrainingBatch? {
      guard position < order.count else { return nil }
      let end = min(order.count, position + data.batchSize)
      defer { position = end }
      let indices = Array(order[position..<end])
      return TrainingBatch(
        inputs: data.inputs.map { TensorData.rows($0, indices) },
        labels: data.labels.map { labels in indices.map { labels[$0] } },
        targets: data.targets.map { TensorData.rows($0, indices) }, indices: indices)
    }
  }

  /// Some rows of a tensor, in the order given.
  private static func rows(_ tensor: Tensor, _ indices: [Int]) -> Tensor {
    let values = tensor.floats ?? []
    let width = tensor.shape.dropFirst().reduce(1, *)
    var result: [Float] = []
    result.reserveCapacity(indices.count * width)
    for index in indices { result += values[index * width..<(index + 1) * width] }
    return Tensor(shape: [indices.count] + tensor.shape.dropFirst(), floats: result)
  }
}

/// Orders that follow from a seed.
public enum Shuffle {
  /// The numbers below `count` in an order that follows from the seed (Fisher and Yates).
  public static func order(of count: Int, seed: UInt64) -> [Int] {
    var order = Array(0..<count)
    for index in stride(from: count - 1, to: 0, by: -1) {
      let other = SeedMixer.mix(seed, UInt64(index)).multipliedFullWidth(by: UInt64(index + 1)).high
      order.swapAt(index, Int(other))
    }
    return order
  }
}
