import Foundation
import PithGraph

/// −Σ q · log p over the classes, p being the softmax of the first output, and q the class, smoothed and mixed as asked.
public struct CrossEntropy: TrainingObjective {
  /// Whether the output still has to go through a softmax.
  public var form: OutputForm
  /// How much of q is spread over all classes.
  public var labelSmoothing: Double
  /// Probabilities below this count as this.
  static let smallest = 1e-7

  public init(_ form: OutputForm = .logits, labelSmoothing: Double = 0) {
    self.form = form
    self.labelSmoothing = labelSmoothing
  }

  public func evaluate(_ outputs: [Tensor], _ batch: TrainingBatch) throws -> ObjectiveValue {
    let rows = try outputs.firstOutput(samples: batch.count)
    guard rows.width > 1 else {
      throw GraphError(
        "cross-entropy needs an output for each class, but there is one; use binary cross-entropy")
    }
    let targets = try TargetRows(
      batch, width: rows.width, classes: rows.width, smoothing: labelSmoothing,
      smoothed: 1 / Double(rows.width))
    let share = 1 / Double(rows.count)
    let result =
      switch form {
      case .logits: rows.sum(targets: targets) { Self.ofLogits($0, $1, $2, share) }
      case .probabilities: rows.sum(targets: targets) { Self.ofProbabilities($0, $1, $2, share) }
      }
    return ObjectiveValue(loss: result.sum * share, gradient: result.gradient, outputs: outputs.count)
  }

  /// Σ q · (log Σ eˣ − x), with the largest x taken out of the exponentials; its gradient is p · Σ q − q.
  private static func ofLogits(
    _ logits: UnsafeBufferPointer<Float>, _ targets: UnsafeMutableBufferPointer<Double>,
    _ gradient: UnsafeMutableBufferPointer<Float>, _ share: Double
  ) -> Double {
    let logSum = LogSumExp.of(logits, scale: 1)
    var (loss, weight) = (0.0, 0.0)
    for index in targets.indices {
      weight += targets[index]
      // A target of zero times an infinite distance is zero.
      if targets[index] != 0 { loss += targets[index] * (logSum - Double(logits[index])) }
    }
    for index in targets.indices {
      let p = exp(Double(logits[index]) - logSum)
      gradient[index] = Float((p * weight - targets[index]) * share)
    }
    return logSum.isFinite ? loss : .nan
  }

  private static func ofProbabilities(
    _ probabilities: UnsafeBufferPointer<Float>, _ targets: UnsafeMutableBufferPointer<Double>,
    _ gradient: UnsafeMutableBufferPointer<Float>, _ share: Double
  ) -> Double {
    var loss = 0.0
    for index in targets.indices {
      let p = probabilities[index].isNaN ? .nan : max(smallest, Double(probabilities[index]))
      loss -= targets[index] * log(p)
      gradient[index] = Float(-targets[index] / p * share)
    }
    return loss
  }
}

/// log Σ e^(scale · x)
enum LogSumExp {
  static func of(_ values: UnsafeBufferPointer<Float>, scale: Double) -> Double {
    var top = -Double.infinity
    for value in values {
      if value.isNaN { return .nan }
      top = max(top, Double(value) * scale)
    }
    guard top.isFinite else { return top }
    var sum = 0.0
    for value in values { sum += exp(Double(value) * scale - top) }
    return top + log(sum)
  }
}
