import Foundation

/// What a model makes of a labelled data set.
public struct Evaluation: Sendable {
  public internal(set) var correct = 0
  public internal(set) var samples = 0
  /// Per sample, in order.
  public internal(set) var predictions: [Int] = []
  public internal(set) var labels: [Int] = []
  public internal(set) var classCount = 0
  /// Σ of the cross-entropy; outputs are logits, unless they are probabilities.
  var lossSum = 0.0
  public internal(set) var seconds = 0.0

  public var accuracy: Double { samples > 0 ? Double(correct) / Double(samples) : 0 }
  public var loss: Double { samples > 0 ? lossSum / Double(samples) : 0 }

  /// Runs a model over a data set.
  /// - Parameter progress: called with samples done and in all.
  /// - Throws: where data and model do not fit, there are no labels, or a label has no output.
  public static func run(
    _ predictor: any Predictor, on data: DataSet, limit: Int? = nil,
    progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> Evaluation {
    guard data.hasLabels else {
      throw PithFailure(
        "\(data.name) has no labels; accuracy needs them: give them after a comma, as in IMAGES,LABELS")
    }
    try predictor.check(data)
    var result = Evaluation()
    let start = Date()
    let reader = data.batches(of: predictor.batchSize, limit: limit)
    var singles: [Float] = []
    while let batch = try reader.next() {
      let outputs = try predictor.predict(batch.inputs, count: batch.count)
      try result.add(outputs, batch, data: data.name, model: predictor.name)
      if outputs.count == batch.count { singles += outputs }
      progress(result.samples, reader.count)
    }
    if singles.count == result.samples { result.score(singles) }
    result.seconds = Date().timeIntervalSince(start)
    return result
  }

  private mutating func add(_ outputs: [Float], _ batch: Batch, data: String, model: String) throws {
    guard let labels = batch.labels, batch.count > 0 else { return }
    let width = outputs.count / batch.count
    classCount = Swift.max(width, 2)
    for row in 0..<batch.count {
      let scores = outputs[row * width..<(row + 1) * width]
      guard labels[row] >= 0, labels[row] < classCount else {
        throw PithFailure(
          "\(data): sample \(batch.indices[row]) has label \(labels[row]), but \(model) has \(classCount) classes, 0 to \(classCount - 1)"
        )
      }
      self.labels.append(labels[row])
      samples += 1
      // What a single output means, all of them together tell.
      guard width > 1 else { continue }
      let prediction = Evaluation.predictedClass(scores)
      predictions.append(prediction)
      if prediction == labels[row] { correct += 1 }
      lossSum += Evaluation.crossEntropy(scores, label: labels[row])
    }
  }

  /// Scores a single output for each sample: the probability of class 1, or its logit, which not all lie between 0 and 1.
  private mutating func score(_ outputs: [Float]) {
    let areLogits = outputs.contains { $0 < 0 || $0 > 1 }
    for (output, label) in zip(outputs, labels) {
      let prediction = output > (areLogits ? 0 : 0.5) ? 1 : 0
      predictions.append(prediction)
      if prediction == label { correct += 1 }
      let x = Double(output)
      if areLogits {
        // log(1 + exp(±x)) without overflow.
        lossSum += Swift.max(label == 1 ? -x : x, 0) + log1p(exp(-abs(x)))
      } else {
        let p = Swift.min(1 - 1e-7, Swift.max(1e-7, x))
        lossSum -= log(label == 1 ? p : 1 - p)
      }
    }
  }

  /// The index of the largest output.
  static func predictedClass(_ scores: ArraySlice<Float>) -> Int {
    var best = scores.startIndex
    for index in scores.indices where scores[index] > scores[best] { best = index }
    return best - scores.startIndex
  }

  private static func crossEntropy(_ scores: ArraySlice<Float>, label: Int) -> Double {
    let sum = scores.reduce(0.0) { $0 + Double($1) }
    if abs(sum - 1) < 0.01, scores.allSatisfy({ $0 >= 0 }) {
      // Probabilities already: the network ends in a softmax.
      return -log(Swift.max(1e-7, Double(scores[scores.startIndex + label])))
    }
    let top = Double(scores.max() ?? 0)
    let total = scores.reduce(0.0) { $0 + exp(Double($1) - top) }
    return log(total) + top - Double(scores[scores.startIndex + label])
  }
}
