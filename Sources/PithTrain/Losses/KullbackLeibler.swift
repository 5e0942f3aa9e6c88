import Foundation
import PithGraph

/// T² · Σ p · log(p / q) over the classes, averaged over samples: how far a student's softmax q is from a teacher's p,
/// both of logits divided by the temperature T.
///
/// Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015. The factor T² keeps gradients of one
/// size whatever the temperature.
public struct KullbackLeibler: Sendable {
  public var temperature: Double

  /// - Precondition: the temperature is above zero.
  public init(temperature: Double) {
    precondition(temperature > 0, "a temperature must be above zero")
    self.temperature = temperature
  }

  /// - Parameters:
  ///   - student: logits, `[samples, classes]`.
  ///   - teacher: logits of the same shape.
  /// - Returns: the loss, and its gradient with respect to the student's logits.
  /// - Throws: `GraphError` where the shapes differ or there is one class only.
  public func evaluate(student: Tensor, teacher: Tensor) throws -> (loss: Double, gradient: Tensor) {
    let samples = student.shape.first ?? 0
    let rows = try OutputRows(student, samples: samples)
    guard teacher.floats?.count == rows.values.count, teacher.shape.first == samples else {
      throw GraphError(
        "the teacher's logits have the shape \(teacher.shape), and the student's \(student.shape)")
    }
    guard rows.width > 1 else {
      throw GraphError("distillation by logits needs an output for each class, but there is one")
    }
    let given = TrainingBatch(inputs: [], targets: teacher, indices: Array(0..<samples))
    let targets = try TargetRows(given, width: rows.width, classes: nil)
    let share = 1 / Double(samples)
    let result = rows.sum(targets: targets) { [temperature] logits, teacher, gradient in
      let sharpness = 1 / temperature
      var top = -Double.infinity
      for value in teacher {
        if value.isNaN { top = .nan }
        if value > top { top = value }
      }
      var sum = 0.0
      for value in teacher { sum += exp((value - top) * sharpness) }
      let teacherSum = top * sharpness + log(sum)
      let studentSum = LogSumExp.of(logits, scale: sharpness)
      var loss = 0.0
      for index in teacher.indices {
        let logP = teacher[index] * sharpness - teacherSum
        let logQ = Double(logits[index]) * sharpness - studentSum
        let p = exp(logP)
        if p > 0 { loss += p * (logP - logQ) }
        gradient[index] = Float(temperature * (exp(logQ) - p) * share)
      }
      return studentSum.isFinite && teacherSum.isFinite ? loss : .nan
    }
    return (temperature * temperature * result.sum * share, result.gradient)
  }
}
