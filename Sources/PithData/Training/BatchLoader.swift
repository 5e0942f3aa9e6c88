import PithFiles

/// Makes the mini-batches of a training run, each on a second thread while the one before is trained on.
///
/// Everything depends on the seed, the epoch and the step only: the order is a Fisher–Yates shuffle by
/// ``RandomStream`` of the seed and the epoch, and a sample's augmentation takes the stream of the seed, the
/// epoch and the sample's index. A run that resumes at any step gets the batches it would have got.
///
///     let loader = try BatchLoader(store.allSamples, batchSize: 128, seed: 0)
///     for epoch in 0..<epochs {
///       for batch in loader.epoch(epoch) { … }
///     }
public final class BatchLoader: Sendable {
  public let samples: SampleSubset
  /// How many samples a batch has; the last one of an epoch may have fewer.
  public let batchSize: Int
  public let seed: UInt64
  public let augmentation: Augmentation
  /// Whether every epoch has an order of its own; otherwise all have the order of the samples.
  public let isShuffled: Bool
  /// How many batches an epoch has; at least one.
  public let stepsPerEpoch: Int
  /// How many samples an epoch has.
  public let samplesPerEpoch: Int

  private let assembler: SampleAssembler

  /// - Parameters:
  ///   - batchSize: how many samples a batch has; at least 1.
  ///   - dropsLast: leaves out the last batch of an epoch where it has fewer samples, unless it is the only one.
  ///   - augmentation: what is done to the samples.
  /// - Throws: ``AugmentationError`` when the augmentation needs images and the samples are none, or its
  ///   numbers are out of range; `FileError` when there are no samples, or preprocessing makes a byte not finite.
  public init(
    _ samples: SampleSubset, batchSize: Int, seed: UInt64 = 0, shuffles: Bool = true, dropsLast: Bool = false,
    augmentation: Augmentation = .none
  ) throws {
    guard samples.count > 0 else {
      throw FileError(path: samples.store.name, reason: "no samples are left to train on")
    }
    self.samples = samples
    self.batchSize = max(1, min(batchSize, samples.count))
    self.seed = seed
    self.augmentation = augmentation
    isShuffled = shuffles
    let (whole, rest) = samples.count.quotientAndRemainder(dividingBy: self.batchSize)
    stepsPerEpoch = rest > 0 && !dropsLast ? whole + 1 : whole
    samplesPerEpoch = min(samples.count, stepsPerEpoch * self.batchSize)
    assembler = try SampleAssembler(samples.store, augmentation: augmentation, seed: seed)
  }

  /// The loader for evaluation: samples in their own order, without augmentation.
  public convenience init(evaluating samples: SampleSubset, batchSize: Int) throws {
    try self.init(samples, batchSize: batchSize, shuffles: false)
  }

  /// The batches of an epoch; they begin to be made at once.
  /// - Parameters:
  ///   - epoch: from 0.
  ///   - step: the first batch, from 0; those before it are left out.
  public func epoch(_ epoch: Int, from step: Int = 0) -> PrefetchedBatches {
    PrefetchedBatches(self, epoch: epoch, from: max(0, step))
  }

  /// Which samples of the store an epoch has, in its order.
  public func order(inEpoch epoch: Int) -> [Int] {
    var order = samples.indices
    if isShuffled {
      var random = RandomStream(seed: seed, RandomPurpose.order, UInt64(truncatingIfNeeded: epoch))
      random.shuffle(&order)
    }
    return order
  }

  /// Makes a batch.
  /// - Parameters:
  ///   - order: what ``order(inEpoch:)`` gives.
  ///   - batch: overwritten; its memory is used again.
  func fill(_ batch: inout SampleBatch, epoch: Int, step: Int, order: [Int], scratch: inout BatchScratch) {
    let store = samples.store
    let places = order[step * batchSize..<min((step + 1) * batchSize, samplesPerEpoch)]
    batch.step = step
    batch.indices = Array(places)
    batch.labels = store.labels.map { labels in places.map { labels[$0] } }
    batch.targetCount = store.targetCount
    batch.targets = store.targets.map { targets in
      let width = store.targetCount
      return places.flatMap { targets[$0 * width..<($0 + 1) * width] }
    }
    let count = places.count * store.elementCount
    batch.mixture = nil
    BatchScratch.resize(&batch.inputs, to: count)
    guard augmentation.mixup > 0 else {
      return write(places, epoch: epoch, into: &batch.inputs, scratch: &scratch)
    }
    BatchScratch.resize(&scratch.unmixed, to: count)
    var unmixed: [Float] = []
    swap(&unmixed, &scratch.unmixed)
    write(places, epoch: epoch, into: &unmixed, scratch: &scratch)
    let mixture = makeMixture(epoch: epoch, step: step, count: places.count)
    mixture.mix(unmixed, into: &batch.inputs, elementCount: store.elementCount)
    batch.mixture = mixture
    swap(&unmixed, &scratch.unmixed)
  }

  private func write(
    _ places: ArraySlice<Int>, epoch: Int, into inputs: inout [Float], scratch: inout BatchScratch
  ) {
    let elements = samples.store.elementCount
    inputs.withUnsafeMutableBufferPointer { inputs in
      scratch.withRawSamples(elements) { raw, zeros in
        guard var output = inputs.baseAddress else { return }
        for index in places {
          assembler.write(index, epoch: epoch, into: output, scratch: raw, zeros: zeros)
          output += elements
        }
      }
    }
  }

  private func makeMixture(epoch: Int, step: Int, count: Int) -> SampleBatch.Mixture {
    var random = RandomStream(
      seed: seed, RandomPurpose.batch, UInt64(truncatingIfNeeded: epoch), UInt64(truncatingIfNeeded: step))
    let weight = Float(random.beta(augmentation.mixup))
    var partners = Array(0..<count)
    random.shuffle(&partners)
    return SampleBatch.Mixture(weight: weight, partners: partners)
  }
}

extension SampleBatch.Mixture {
  fileprivate func mix(_ inputs: [Float], into output: inout [Float], elementCount: Int) {
    let (own, other) = (weight, 1 - weight)
    inputs.withUnsafeBufferPointer { inputs in
      output.withUnsafeMutableBufferPointer { output in
        for (place, partner) in partners.enumerated() {
          let (start, from) = (place * elementCount, partner * elementCount)
          for element in 0..<elementCount {
            output[start + element] = own * inputs[start + element] + other * inputs[from + element]
          }
        }
      }
    }
  }
}

/// Memory that making a batch needs besides the batch.
struct BatchScratch: Sendable {
  /// The samples before they are mixed.
  var unmixed: [Float] = []
  private var raw: [UInt8] = []
  private var zeros: [UInt8] = []

  /// Lends memory for a raw sample, and a raw sample of zeros.
  mutating func withRawSamples(
    _ elements: Int, _ body: (UnsafeMutablePointer<UInt8>, UnsafePointer<UInt8>) -> Void
  ) {
    if raw.count < elements {
      raw = [UInt8](repeating: 0, count: elements)
      zeros = raw
    }
    raw.withUnsafeMutableBufferPointer { raw in
      zeros.withUnsafeBufferPointer { zeros in
        if let raw = raw.baseAddress, let zeros = zeros.baseAddress { body(raw, zeros) }
      }
    }
  }

  static func resize(_ values: inout [Float], to count: Int) {
    if values.count > count { values.removeLast(values.count - count) }
    if values.count < count { values.append(contentsOf: repeatElement(0, count: count - values.count)) }
  }
}
