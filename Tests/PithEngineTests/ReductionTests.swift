import Glibc
import PithGraph
import PithTestSupport
import Testing

@testable import PithEngine

@Suite struct ReductionTests {
  @Test(arguments: [[2, 3, 4, 5], [4, 3], [2, 3, 7], [1, 2, 300, 301]])
  func batchNormalizationAgreesWithItsDefinition(_ shape: [Int]) throws {
    var random = SeededRandom(seed: 9)
    let x = random.tensor(shape)
    let parameters =
      (0..<3).map { _ in random.tensor([shape[1]]) } + [random.tensor([shape[1]], in: 0.01...2)]
    let op = BatchNormalization(epsilon: 1e-3)
    let (values, p) = (Reference(x), parameters.map(Reference.init))
    let expected = Reference(shape: shape) { position in
      let channel = [position[1]]
      return (values[position] - p[2][channel]) / (p[3][channel] + Double(op.epsilon)).squareRoot()
        * p[0][channel] + p[1][channel]
    }
    expectClose(try op.evaluate([x] + parameters)[0], expected)
  }

  @Test(arguments: [-1, 0, 1, 2], [[3, 4, 5], [1, 7, 1], [2, 300, 70]])
  func softmaxAgreesWithItsDefinition(axis: Int, shape: [Int]) throws {
    var random = SeededRandom(seed: 10)
    let x = random.tensor(shape, in: -30...30)
    let values = Reference(x)
    let reduced = axis < 0 ? axis + shape.count : axis
    let expected = Reference(shape: shape) { position in
      let sum = (0..<shape[reduced]).reduce(0.0) { sum, at in
        var other = position
        other[reduced] = at
        return sum + exp(values[other] - values[position])
      }
      return 1 / sum
    }
    expectClose(try Softmax(axis: axis).evaluate([x])[0], expected, tolerance: 2e-6)
  }

  @Test func softmaxOfLargeNumbersIsFinite() throws {
    let x = Tensor(shape: [1, 3], floats: [1e30, -1e30, 1e30])
    #expect(try Softmax().evaluate([x]) == [Tensor(shape: [1, 3], floats: [0.5, 0, 0.5])])
  }

  struct MeanCase: Sendable, CustomTestStringConvertible {
    var axes: [Int]?
    var reduced: [Int]
    var emptyMeansNone = false
    var testDescription: String { String(describing: axes) }
  }

  @Test(
    arguments: [
      MeanCase(axes: nil, reduced: [0, 1, 2, 3]), MeanCase(axes: [], reduced: [0, 1, 2, 3]),
      MeanCase(axes: [], reduced: [], emptyMeansNone: true), MeanCase(axes: [2, 3], reduced: [2, 3]),
      MeanCase(axes: [-1], reduced: [3]), MeanCase(axes: [0], reduced: [0]),
      MeanCase(axes: [1, -2], reduced: [1, 2]), MeanCase(axes: [3, 0], reduced: [0, 3]),
    ], [false, true])
  func meanAgreesWithItsDefinition(_ example: MeanCase, keepsDimensions: Bool) throws {
    var random = SeededRandom(seed: 11)
    let x = random.tensor([2, 3, 40, 5])
    let op = ReduceMean(keepsDimensions: keepsDimensions, emptyMeansNone: example.emptyMeansNone)
    let values = Reference(x)
    let kept = x.shape.indices.map { example.reduced.contains($0) ? 1 : x.shape[$0] }
    let taps = Reference.positions(x.shape.indices.map { example.reduced.contains($0) ? x.shape[$0] : 1 })
    let mean = Reference(shape: kept) { position in
      taps.reduce(0.0) { sum, tap in sum + values[zip(position, tap).map(+)] } / Double(taps.count)
    }
    let shape =
      keepsDimensions
      ? kept : x.shape.indices.filter { !example.reduced.contains($0) }.map { x.shape[$0] }
    let operands = [x] + (example.axes.map { [Tensor(ints: $0)] } ?? [])
    expectClose(try op.evaluate(operands)[0], mean.reshaped(shape), tolerance: 1e-6)
  }

  @Test func meansOfManyElementsAreAccurate() throws {
    let count = 3_000_000
    let x = Tensor(shape: [1, 1, count], floats: Array(repeating: 0.1, count: count))
    #expect(try GlobalAveragePool().evaluate([x]) == [Tensor(shape: [1, 1, 1], floats: [0.1])])
  }
}
