import PithGraph
import PithTrain

/// What a student's training makes small: how far it is from its teachers, and from the labels.
///
///     loss = α · T² · KL(mean of the teachers' softened probabilities ‖ the student's)
///          + (1 − α) · loss(labels) + β · Σ mean square error of features + γ · Σ distance of attention maps
///
/// The student's outputs are those of `DistillationPlan`. The teachers see the very batch that the student sees,
/// augmented or not; what they make of samples as they are in the data set is kept in their caches, where there are any.
public struct DistillationObjective: TrainingObjective {
  public let teachers: [Teacher]
  public let options: DistillationOptions
  /// The share of the teachers.
  public let alpha: Double
  private let labelLoss: (any TrainingObjective)?
  private let caches: [TeacherCache?]

  /// - Parameters:
  ///   - labelLoss: the loss of logits against labels; nil where there are no labels.
  ///   - caches: one for each teacher; empty for none.
  /// - Throws: `GraphError` where labels are asked for and there are none.
  public init(
    teachers: [Teacher], options: DistillationOptions, labelLoss: (any TrainingObjective)?,
    caches: [TeacherCache?] = []
  ) throws {
    try options.validate(teachers: teachers.count)
    alpha = options.alpha ?? (labelLoss == nil ? 1 : 0.9)
    guard labelLoss != nil || alpha == 1 else {
      throw GraphError("alpha \(alpha) gives labels a share, and the training data have none")
    }
    self.teachers = teachers
    self.options = options
    self.labelLoss = labelLoss
    self.caches = caches.isEmpty ? teachers.map { _ in nil } : caches
  }

  public func evaluate(_ outputs: [Tensor], _ batch: TrainingBatch) throws -> ObjectiveValue {
    let layers = options.features.count + options.attention.count
    guard outputs.count == 1 + layers, let logits = outputs.first, let values = logits.floats,
      batch.count > 0,
      values.count % batch.count == 0
    else { throw GraphError("the student's outputs are not those that distillation compares") }
    let width = values.count / batch.count
    let opinions = try teachers.indices.map { try opinion(of: $0, on: batch) }
    var result = ObjectiveValue(loss: 0, gradients: outputs.map { _ in nil })
    if alpha > 0 {
      let targets = SoftTargets.pooled(
        opinions.map { $0.rows(0) }, weights: options.teacherWeights, width: width,
        temperature: options.temperature)
      let soft = try SoftTargets.divergence(logits, from: targets, temperature: options.temperature)
      result.add(soft.loss, soft.gradient, at: 0, times: alpha)
    }
    if alpha < 1, let labelLoss {
      let hard = try labelLoss.evaluate([logits], batch)
      result.add(hard.loss, hard.gradients.first ?? nil, at: 0, times: 1 - alpha)
    }
    for index in 1..<outputs.count {
      let isFeature = index <= options.features.count
      let (loss, gradient) =
        isFeature
        ? try Self.featureLoss(outputs[index], opinions[0].rows(index))
        : try Self.attentionLoss(outputs[index], opinions[0].rows(index), teachers[0].outputShapes[index])
      result.add(
        loss, gradient, at: index, times: isFeature ? options.featureWeight : options.attentionWeight)
    }
    return result
  }

  public func correctCount(_ outputs: [Tensor], _ batch: TrainingBatch) -> Int? {
    outputs.first.flatMap { Classification.correctCount($0, batch, threshold: 0) }
  }

  /// Writes what the caches have gathered.
  public func flush() { for cache in caches { cache?.flush() } }

  /// What the caches found and what went wrong with them.
  public var cacheSummaries: [TeacherCache.Summary] { caches.compactMap { $0?.summary } }

  // MARK: Teachers

  /// A teacher's outputs for a batch.
  private struct Opinion {
    var values: [Float]
    var shapes: [[Int]]
    var count: Int

    /// One output, the samples' rows one after another.
    func rows(_ output: Int) -> [Float] {
      guard shapes.count > 1 else { return values }
      let lengths = shapes.map { $0.reduce(1, *) }
      let width = lengths.reduce(0, +)
      let offset = lengths[..<output].reduce(0, +)
      return (0..<count).flatMap { values[$0 * width + offset..<$0 * width + offset + lengths[output]] }
    }
  }

  private func opinion(of index: Int, on batch: TrainingBatch) throws -> Opinion {
    let teacher = teachers[index]
    guard let input = batch.inputs.first, let samples = input.floats else {
      throw GraphError("teacher \(teacher.name) takes float32 samples")
    }
    let values = try samples.withUnsafeBufferPointer { samples in
      guard let cache = caches[index], batch.isPristine else {
        return try teacher.run(samples, count: batch.count)
      }
      return try cached(teacher, cache, samples, count: batch.count)
    }
    return Opinion(values: values, shapes: teacher.outputShapes, count: batch.count)
  }

  private func cached(
    _ teacher: Teacher, _ cache: TeacherCache, _ samples: UnsafeBufferPointer<Float>, count: Int
  ) throws -> [Float] {
    let (size, width) = (samples.count / count, teacher.width)
    var result = [Float](repeating: 0, count: count * width)
    var missing: [(row: Int, name: UInt64)] = []
    for row in 0..<count {
      var hash = ContentHash()
      hash.add(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: samples[row * size..<(row + 1) * size])))
      let name = hash.value
      if let known = cache.row(of: name) {
        result.replaceSubrange(row * width..<(row + 1) * width, with: known)
      } else {
        missing.append((row, name))
      }
    }
    guard !missing.isEmpty else { return result }
    let unknown = missing.flatMap { samples[$0.row * size..<($0.row + 1) * size] }
    let computed = try unknown.withUnsafeBufferPointer { try teacher.run($0, count: missing.count) }
    for (place, entry) in missing.enumerated() {
      let row = computed[place * width..<(place + 1) * width]
      result.replaceSubrange(entry.row * width..<(entry.row + 1) * width, with: row)
      cache.add(Array(row), of: entry.name)
    }
    return result
  }

  // MARK: Layers

  private static func featureLoss(_ output: Tensor, _ wanted: [Float]) throws -> (Double, Tensor) {
    guard var values = output.floats, values.count == wanted.count else {
      throw GraphError("features of \(output.shape) and of \(wanted.count) values cannot be compared")
    }
    let factor = 2 / Float(Swift.max(1, wanted.count))
    var sum = 0.0
    for index in values.indices {
      let difference = values[index] - wanted[index]
      sum += Double(difference) * Double(difference)
      values[index] = difference * factor
    }
    return (sum / Double(Swift.max(1, wanted.count)), Tensor(shape: output.shape, floats: values))
  }

  private static func attentionLoss(
    _ output: Tensor, _ wanted: [Float], _ shape: [Int]
  ) throws -> (Double, Tensor) {
    guard let values = output.floats, output.rank > 2, let channels = shape.first else {
      throw GraphError("attention needs maps, not \(output.shape)")
    }
    let samples = output.shape[0]
    let positions = output.shape[2...].reduce(1, *)
    let (loss, gradient) = try AttentionTransfer.loss(
      .init(values: values, samples: samples, channels: output.shape[1], positions: positions),
      .init(
        values: wanted, samples: samples, channels: channels, positions: shape.dropFirst().reduce(1, *)))
    return (loss, Tensor(shape: output.shape, floats: gradient))
  }
}

extension ObjectiveValue {
  /// Adds a part of the loss that depends on one output.
  fileprivate mutating func add(_ part: Double, _ gradient: Tensor?, at output: Int, times weight: Double) {
    loss += weight * part
    guard weight != 0, var gradient, let values = gradient.floats else { return }
    let factor = Float(weight)
    if let sum = gradients[output]?.floats {
      gradient = Tensor(shape: gradient.shape, floats: zip(values, sum).map { $0 * factor + $1 })
    } else if factor != 1 {
      gradient.withMutableFloats { for index in $0.indices { $0[index] *= factor } }
    }
    gradients[output] = gradient
  }
}
