import Foundation
import PithGraph

/// −(t · log p + (1 − t) · log(1 − p)), averaged over the numbers of the first output, each a probability p of its own.
///
/// With one output the label is 0 or 1; with several, the targets are numbers from 0 to 1, or the class as a one among
/// zeros.
public struct BinaryCrossEntropy: TrainingObjective {
  /// Whether the output still has to go through a sigmoid.
  public var form: OutputForm
  /// Moves targets towards one half.
  public var labelSmoothing: Double
  /// Probabilities nearer than this to 0 or 1 count as this far from it.
  static let smallest = 1e-7

  public init(_ form: OutputForm, labelSmoothing: Double = 0) {
    self.form = form
    self.labelSmoothing = labelSmoothing
  }

  public func evaluate(_ outputs: [Tensor], _ batch: TrainingBatch) throws -> ObjectiveValue {
    let rows = try outputs.firstOutput(samples: batch.count)
    let targets = try TargetRows(
      batch, width: rows.width, classes: max(2, rows.width), smoothing: labelSmoothing, smoothed: 0.5)
    let share = 1 / Double(rows.values.count)
    let result: (sum: Double, gradient: Tensor)
    switch form {
    case .logits: result = rows.sum(targets: targets) { Self.ofLogits($0, $1, $2, share) }
    case .probabilities:
      // NaN passes, and becomes a loss that is none.
      if let outlier = rows.values.first(where: { $0 < -1e-3 || $0 > 1.001 }) {
        throw GraphError(
          "binary cross-entropy needs probabilities, but an output is \(outlier); end the network in a sigmoid, or use binary-cross-entropy-with-logits"
        )
      }
      result = rows.sum(targets: targets) { Self.ofProbabilities($0, $1, $2, share) }
    }
    return ObjectiveValue(loss: result.sum * share, gradient: result.gradient, outputs: outputs.count)
  }

  public func correctCount(_ outputs: [Tensor], _ batch: TrainingBatch) -> Int? {
    outputs.first.flatMap {
      Classification.correctCount($0, batch, threshold: form == .logits ? 0 : 0.5)
    }
  }

  /// max(x, 0) − x · t + log(1 + e^−|x|); its gradient is sigmoid(x) − t.
  private static func ofLogits(
    _ logits: UnsafeBufferPointer<Float>, _ targets: UnsafeMutableBufferPointer<Double>,
    _ gradient: UnsafeMutableBufferPointer<Float>, _ share: Double
  ) -> Double {
    var loss = 0.0
    for index in targets.indices {
      let (x, t) = (Double(logits[index]), targets[index])
      let small = exp(-abs(x))
      loss += (x > 0 || x.isNaN ? x : 0) - x * t + log1p(small)
      let p = x >= 0 ? 1 / (1 + small) : small / (1 + small)
      gradient[index] = Float((p - t) * share)
    }
    return loss
  }

  private static func ofProbabilities(
    _ probabilities: UnsafeBufferPointer<Float>, _ targets: UnsafeMutableBufferPointer<Double>,
    _ gradient: UnsafeMutableBufferPointer<Float>, _ share: Double
  ) -> Double {
    var loss = 0.0
    for index in targets.indices {
      let (given, t) = (Double(probabilities[index]), targets[index])
      let p = given.isNaN ? given : min(1 - smallest, max(smallest, given))
      loss -= t * log(p) + (1 - t) * log1p(-p)
      gradient[index] = Float((p - t) / (p * (1 - p)) * share)
    }
    return loss
  }
}
