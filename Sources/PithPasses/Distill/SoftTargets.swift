import Foundation
import PithGraph

/// Logits softened by a temperature, and how far two of them are apart.
///
/// Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015, section 2. Rows of one logit are of two
/// classes, the other logit 0.
public enum SoftTargets {
  /// softmax(logits / temperature), row by row; of rows of one logit the sigmoid.
  public static func probabilities(_ logits: [Float], width: Int, temperature: Double) -> [Double] {
    guard width > 1 else { return logits.map { 1 / (1 + exp(-Double($0) / temperature)) } }
    var result = [Double](repeating: 0, count: logits.count)
    for start in stride(from: 0, to: logits.count, by: width) {
      let row = logits[start..<start + width]
      let top = Double(row.max() ?? 0)
      var sum = 0.0
      for index in row.indices {
        let e = exp((Double(logits[index]) - top) / temperature)
        result[index] = e
        sum += e
      }
      for index in row.indices { result[index] /= sum }
    }
    return result
  }

  /// The weighted mean of several teachers' probabilities.
  public static func mean(_ all: [[Double]], weights: [Double]) -> [Double] {
    guard var result = all.first else { return [] }
    let total = weights.reduce(0, +)
    for index in result.indices {
      var sum = 0.0
      for (probabilities, weight) in zip(all, weights) { sum += probabilities[index] * weight }
      result[index] = sum / total
    }
    return result
  }

  /// temperature² · mean over rows of KL(targets ‖ softened logits), and its gradient by the logits.
  ///
  /// The factor keeps the gradient's size where the temperature changes (section 2.1): it is
  /// temperature · (softened − targets) / rows.
  public static func divergence(
    _ logits: [Float], width: Int, from targets: [Double], temperature: Double
  ) -> (loss: Double, gradient: [Float]) {
    let rows = logits.count / Swift.max(1, width)
    guard rows > 0 else { return (0, []) }
    let softened = probabilities(logits, width: width, temperature: temperature)
    var sum = 0.0
    for index in softened.indices {
      sum += term(targets[index], softened[index])
      if width == 1 { sum += term(1 - targets[index], 1 - softened[index]) }
    }
    let factor = temperature / Double(rows)
    let gradient = softened.indices.map { Float((softened[$0] - targets[$0]) * factor) }
    return (sum * temperature * factor, gradient)
  }

  private static func term(_ p: Double, _ q: Double) -> Double {
    p > 0 ? p * log(p / Swift.max(q, .leastNormalMagnitude)) : 0
  }
}
