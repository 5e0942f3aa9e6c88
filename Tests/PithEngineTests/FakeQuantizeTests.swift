import Foundation
import PithGraph
import PithTestSupport
import Testing

@testable import PithEngine

/// Rounding to levels, forward and backward, beside a reference that takes an element at a time.
struct FakeQuantizeCase: Sendable, CustomTestStringConvertible {
  var shape: [Int]
  var axis: Int?
  var levels: ClosedRange<Int>
  var zeroPoint = 0
  /// How far values go, in levels: beyond the range, so that some are clamped.
  var reach: Float = 160
  var gradientScale: Float = 1

  var testDescription: String {
    "\(shape) axis \(axis.map(String.init) ?? "none") \(levels) zero \(zeroPoint)"
  }

  static let all = [
    FakeQuantizeCase(shape: [3, 5, 7, 7], axis: nil, levels: 0...255, zeroPoint: 117),
    FakeQuantizeCase(shape: [2, 9], axis: nil, levels: 0...255, zeroPoint: 0, reach: 300),
    FakeQuantizeCase(shape: [70_001], axis: nil, levels: 0...255, zeroPoint: 255, reach: 300),
    FakeQuantizeCase(shape: [8, 3, 3, 3], axis: 0, levels: -127...127, gradientScale: 0.125),
    FakeQuantizeCase(shape: [6, 40], axis: 0, levels: -127...127),
    FakeQuantizeCase(shape: [40, 6], axis: 1, levels: -127...127, gradientScale: 0.01),
    FakeQuantizeCase(shape: [4, 6, 5], axis: -2, levels: -7...7, reach: 10),
    FakeQuantizeCase(shape: [1], axis: nil, levels: -1...1, reach: 1.4),
    FakeQuantizeCase(shape: [0, 4], axis: 1, levels: -127...127),
  ]

  struct Operands {
    var op: FakeQuantize
    var x: Tensor
    var steps: Tensor
    var gradient: Tensor
    /// Which scale each element has.
    var channels: [Int]
  }

  func operands() -> Operands {
    var random = SeededRandom(seed: shape.reduce(7) { $0 &* 31 &+ $1 })
    let index = axis.map { $0 < 0 ? $0 + shape.count : $0 }
    let count = index.map { shape[$0] } ?? 1
    let inner = index.map { shape[($0 + 1)...].reduce(1, *) } ?? Swift.max(1, shape.reduce(1, *))
    let units = random.floats(count, in: 0.001...0.1)
    let steps = random.floats(count, in: 0.5...1.5)
    let elements = shape.reduce(1, *)
    let channels = (0..<elements).map { $0 / inner % count }
    let x = channels.enumerated().map { position, channel -> Float in
      let scale = units[channel] * steps[channel]
      // Every seventh lies half between two levels.
      let level = random.float(in: -reach...reach)
      return scale * (position % 7 == 0 ? level.rounded(.down) + 0.5 : level)
    }
    let op = FakeQuantize(
      axis: axis, levels: levels, zeroPoint: zeroPoint, units: units, gradientScale: gradientScale)
    return Operands(
      op: op, x: Tensor(shape: shape, floats: x), steps: Tensor(shape: [count], floats: steps),
      gradient: random.tensor(shape), channels: channels)
  }
}

@Suite struct FakeQuantizeTests {
  @Test(arguments: FakeQuantizeCase.all)
  func roundsAsTheContractDoes(_ test: FakeQuantizeCase) throws {
    let operands = test.operands()
    let found = try #require(try operands.op.evaluate([operands.x, operands.steps])[0].floats)
    let scales = operands.op.scales(steps: try #require(operands.steps.floats))
    for (index, x) in try #require(operands.x.floats).enumerated() {
      let scale = scales[operands.channels[index]]
      let level = (x / scale).rounded(.toNearestOrEven) + Float(test.zeroPoint)
      let byte = Swift.min(Swift.max(level, Float(test.levels.lowerBound)), Float(test.levels.upperBound))
      #expect(found[index] == (byte - Float(test.zeroPoint)) * scale, "element \(index), \(x) at \(scale)")
    }
  }

  private func backward(_ operands: FakeQuantizeCase.Operands) throws -> [Tensor?] {
    var pass = BackwardPass(
      inputs: [operands.x, operands.steps], inputShapes: [operands.x.shape, operands.steps.shape],
      outputs: [nil], outputShapes: [operands.x.shape], outputGradients: [operands.gradient],
      needed: [true, true], residual: nil)
    return try operands.op.gradients(&pass)
  }

  @Test(arguments: FakeQuantizeCase.all)
  func gradientsAreThoseOfLearnedStepSizes(_ test: FakeQuantizeCase) throws {
    let operands = test.operands()
    let results = try backward(operands)
    let (input, steps) = (try #require(results[0]?.floats), try #require(results[1]?.floats))
    let scales = operands.op.scales(steps: try #require(operands.steps.floats))
    var sums = [Double](repeating: 0, count: scales.count)
    var magnitudes = sums
    let gradient = try #require(operands.gradient.floats)
    let (low, high) = (
      Double(test.levels.lowerBound - test.zeroPoint), Double(test.levels.upperBound - test.zeroPoint)
    )
    for (index, x) in try #require(operands.x.floats).enumerated() {
      let channel = operands.channels[index]
      let v = Double(x / scales[channel])
      let isInside = v >= low - 0.5 && v <= high + 0.5
      #expect(input[index] == (isInside ? gradient[index] : 0), "element \(index)")
      let level = Swift.min(high, Swift.max(low, v.rounded(.toNearestOrEven)))
      let slope = isInside ? level - v : level
      sums[channel] += Double(gradient[index]) * slope
      magnitudes[channel] += abs(Double(gradient[index]) * slope)
    }
    for channel in scales.indices {
      let factor = Double(test.gradientScale) / Double(operands.op.units[channel])
      #expect(
        abs(Double(steps[channel]) - sums[channel] * factor) <= 1e-5 * (1 + magnitudes[channel] * factor))
    }
  }

  @Test func everyInstructionSetRoundsToTheSameBits() {
    var random = SeededRandom(seed: 3)
    let x = (random.floats(1003, in: -300...300) + [.infinity, -.infinity, 0.5, 1.5, -0.5, 255.5]).map {
      $0 * 0.037
    }
    let gradient = random.floats(x.count)
    let rounding = FakeQuantization(scale: 0.037, low: -117, high: 138)
    let all = FloatKernels.all.map { kernels in
      var y = [Float](repeating: 0, count: x.count)
      var result = y
      rounding.round(x, to: &y, count: x.count, kernels)
      let sum = rounding.gradient(x, gradient, to: &result, count: x.count, kernels)
      #expect(rounding.gradient(x, gradient, to: nil, count: x.count, kernels) == sum)
      return (y, result, sum)
    }
    for other in all.dropFirst() {
      #expect(other.0 == all[0].0 && other.1 == all[0].1)
      #expect(abs(other.2 - all[0].2) < 1e-3 * (1 + abs(all[0].2)))
    }
  }

  @Test func gradientsDoNotDependOnThreads() throws {
    let threads = Parallelism.threadCount
    defer { Parallelism.threadCount = threads }
    let operands = FakeQuantizeCase(shape: [9, 40_000], axis: nil, levels: 0...255, zeroPoint: 100).operands()
    Parallelism.threadCount = 1
    let one = try backward(operands)
    Parallelism.threadCount = 3
    #expect(try backward(operands) == one)
  }

  @Test func notANumberStaysOne() throws {
    let op = FakeQuantize(levels: 0...255, units: [1])
    let y = try op.evaluate([Tensor(shape: [2], floats: [.nan, 300]), Tensor(shape: [1], floats: [1])])[0]
    #expect(y.floats?[0].isNaN == true && y.floats?[1] == 255)
  }

  @Test func aScaleStaysPositive() {
    let op = FakeQuantize(axis: 0, levels: -127...127, units: [0.5, 2, 1])
    let expected: [Float] = [0.75, 0x1p-9, 0x1p-10]
    #expect(op.scales(steps: [1.5, -3, .nan]) == expected)
  }

  @Test(arguments: [
    (FakeQuantize(levels: 0...255, units: [0]), "positive"),
    (FakeQuantize(levels: 0...255, zeroPoint: 256, units: [1]), "zero point"),
    (FakeQuantize(levels: 0...255, units: [1, 1]), "step sizes"),
    (FakeQuantize(axis: 2, levels: 0...255, units: [1]), "axis"),
    (FakeQuantize(axis: 1, levels: 0...255, units: [1]), "scales"),
  ])
  func operandsThatDoNotFitAreRefused(_ op: FakeQuantize, message: String) {
    let error = #expect(throws: GraphError.self) {
      try op.evaluate([
        Tensor(shape: [2, 3], floats: Array(repeating: 0, count: 6)), Tensor(shape: [1], floats: [1]),
      ])
    }
    #expect(error?.message.contains(message) == true, "\(String(describing: error))")
  }
}
