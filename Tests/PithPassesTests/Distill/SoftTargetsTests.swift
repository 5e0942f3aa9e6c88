import Foundation
import PithGraph
import PithTestSupport
import Testing

@testable import PithPasses

@Suite struct SoftTargetsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var rows: Int
    var width: Int
    var temperature: Double
    var scale: Float = 3
    var testDescription: String { "\(rows)×\(width) at \(temperature), logits to \(scale)" }
  }

  static let cases = [
    Case(rows: 4, width: 10, temperature: 4), Case(rows: 1, width: 2, temperature: 1),
    Case(rows: 7, width: 3, temperature: 0.5), Case(rows: 3, width: 1, temperature: 2),
    Case(rows: 2, width: 100, temperature: 20), Case(rows: 3, width: 5, temperature: 1, scale: 200),
  ]

  /// T² · mean of Σ p log(p / q), from the definition.
  private func reference(_ logits: [Float], _ teacher: [Float], _ test: Case) -> Double {
    var sum = 0.0
    for row in 0..<test.rows {
      func softened(_ all: [Float]) -> [Double] {
        var z = all[row * test.width..<(row + 1) * test.width].map { Double($0) / test.temperature }
        if test.width == 1 { z.append(0) }
        let top = z.max()!
        let e = z.map { exp($0 - top) }
        return e.map { $0 / e.reduce(0, +) }
      }
      for (p, q) in zip(softened(teacher), softened(logits)) where p > 0 { sum += p * log(p / q) }
    }
    return sum / Double(test.rows) * test.temperature * test.temperature
  }

  @Test(arguments: cases)
  func divergenceAndItsGradient(_ test: Case) throws {
    var random = SeededRandom(seed: test.rows * 100 + test.width)
    let range = -test.scale...test.scale
    let logits = random.floats(test.rows * test.width, in: range)
    let teacher = random.floats(test.rows * test.width, in: range)
    let found = try SoftTargets.divergence(
      Tensor(shape: [test.rows, test.width], floats: logits), from: teacher, temperature: test.temperature)
    let expected = reference(logits, teacher, test)
    #expect(abs(found.loss - expected) <= 1e-6 * (1 + expected))
    guard test.scale < 100 else { return }
    let gradient = try #require(found.gradient.floats)
    for index in logits.indices {
      func loss(_ shift: Float) -> Double {
        var moved = logits
        moved[index] += shift
        return reference(moved, teacher, test)
      }
      let slope = (loss(1 / 128) - loss(-1 / 128)) * 64
      #expect(abs(slope - Double(gradient[index])) < 1e-3 * (0.1 + abs(slope)), "logit \(index)")
    }
  }

  @Test(arguments: [1, 2, 6], [[], [3, 1, 2]])
  func teachersAreAveragedByProbability(width: Int, weights: [Double]) {
    var random = SeededRandom(seed: width)
    let teachers = (0..<3).map { _ in random.floats(5 * width, in: -6...6) }
    let pooled = SoftTargets.pooled(teachers, weights: weights, width: width, temperature: 2.5)
    let found = SoftTargets.probabilities(pooled, width: width, temperature: 2.5)
    let shares = weights.isEmpty ? [1, 1, 1] : weights
    let all = teachers.map { SoftTargets.probabilities($0, width: width, temperature: 2.5) }
    for index in found.indices {
      let sum = zip(all, shares).reduce(0) { $0 + $1.0[index] * $1.1 }
      #expect(abs(found[index] - sum / shares.reduce(0, +)) < 1e-6)
    }
  }
}

@Suite struct AttentionTransferTests {
  private func features(_ seed: Int, samples: Int, channels: Int, positions: Int)
    -> AttentionTransfer.Features
  {
    var random = SeededRandom(seed: seed)
    return .init(
      values: random.floats(samples * channels * positions), samples: samples, channels: channels,
      positions: positions)
  }

  /// ½ · mean of ‖q − w‖², from the definition.
  private func reference(_ a: AttentionTransfer.Features, _ b: AttentionTransfer.Features) -> Double {
    func maps(_ f: AttentionTransfer.Features, _ sample: Int) -> [Double] {
      let map = (0..<f.positions).map { position in
        (0..<f.channels).reduce(0.0) { sum, channel in
          let x = Double(f.values[(sample * f.channels + channel) * f.positions + position])
          return sum + x * x
        }
      }
      let length = map.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return map.map { $0 / length }
    }
    return (0..<a.samples).reduce(0.0) { sum, sample in
      sum + zip(maps(a, sample), maps(b, sample)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / 2
    } / Double(a.samples)
  }

  @Test func lossAndItsGradient() throws {
    let student = features(1, samples: 3, channels: 4, positions: 6)
    let teacher = features(2, samples: 3, channels: 7, positions: 6)
    let (loss, gradient) = try AttentionTransfer.loss(student, teacher)
    #expect(abs(loss - reference(student, teacher)) < 1e-7)
    for index in student.values.indices {
      func moved(_ shift: Float) -> Double {
        var copy = student
        copy.values[index] += shift
        return reference(copy, teacher)
      }
      let slope = (moved(1 / 256) - moved(-1 / 256)) * 128
      #expect(abs(slope - Double(gradient[index])) < 1e-4, "feature \(index)")
    }
  }

  @Test func aMapOfZerosHasNoGradient() throws {
    var student = features(1, samples: 1, channels: 2, positions: 3)
    student.values = Array(repeating: 0, count: 6)
    let (loss, gradient) = try AttentionTransfer.loss(
      student, features(2, samples: 1, channels: 2, positions: 3))
    #expect(abs(loss - 0.5) < 1e-6 && gradient.allSatisfy { $0 == 0 })
  }
}
