import Foundation
import PithGraph
import PithTrain

/// What teachers say together, and how far a student is from it (Hinton, Vinyals and Dean, "Distilling the Knowledge in a
/// Neural Network", 2015, section 2). Rows of one logit are of two classes, the other logit being 0.
enum SoftTargets {
  /// Logits whose probabilities at this temperature are the weighted mean of several teachers' probabilities.
  /// - Parameter weights: of the teachers; empty for equal ones.
  static func pooled(
    _ logits: [[Float]], weights: [Double], width: Int, temperature: Double
  ) -> [Float] {
    guard logits.count > 1, let count = logits.first?.count else { return logits.first ?? [] }
    let weights = weights.isEmpty ? logits.map { _ in 1 } : weights
    let total = weights.reduce(0, +)
    var mean = [Double](repeating: 0, count: count)
    for (teacher, weight) in zip(logits, weights) {
      let softened = probabilities(teacher, width: width, temperature: temperature)
      for index in mean.indices { mean[index] += softened[index] * weight / total }
    }
    return mean.map { p in
      let odds = width == 1 ? p / Swift.max(1 - p, .leastNormalMagnitude) : p
      return Float(temperature * log(Swift.max(odds, .leastNormalMagnitude)))
    }
  }

  /// softmax(logits / temperature), row by row; of rows of one logit the sigmoid.
  static func probabilities(_ logits: [Float], width: Int, temperature: Double) -> [Double] {
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

  /// temperature² · mean over rows of KL(softened targets ‖ softened logits), and its gradient by the logits.
  static func divergence(
    _ logits: Tensor, from targets: [Float], temperature: Double
  ) throws -> (loss: Double, gradient: Tensor) {
    let divergence = KullbackLeibler(temperature: temperature)
    guard let values = logits.floats, values.count == targets.count, let rows = logits.shape.first else {
      throw GraphError("the teachers' and the student's logits are not equally many")
    }
    guard values.count == rows else {
      let (loss, gradient) = try divergence.evaluate(
        student: logits, teacher: Tensor(shape: logits.shape, floats: targets))
      return (loss, gradient)
    }
    func paired(_ column: [Float]) -> Tensor {
      Tensor(shape: [rows, 2], floats: column.flatMap { [$0, 0] })
    }
    let (loss, gradient) = try divergence.evaluate(student: paired(values), teacher: paired(targets))
    let pairs = gradient.floats ?? []
    return (loss, Tensor(shape: logits.shape, floats: (0..<rows).map { pairs[2 * $0] }))
  }
}
