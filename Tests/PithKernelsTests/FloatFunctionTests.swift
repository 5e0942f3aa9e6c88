import CPithKernels
import Foundation
import Testing

/// The functions that replace libm, against Double.
@Suite struct FloatFunctionTests {
  private static let points: [Float] = {
    var random = Random(seed: 6)
    var points: [Float] = [
      0, -0.0, 1, -1, 0.625, -0.625, 88.72, -88.72, -103.9, 100, -100, 1e-30, -1e-30, 1e30, -1e30,
    ]
    for _ in 0..<20_000 { points.append(Float.random(in: -20...20, using: &random)) }
    for _ in 0..<20_000 { points.append(Float.random(in: -110...110, using: &random)) }
    for _ in 0..<5_000 { points.append(Float.random(in: -1e-3...1e-3, using: &random)) }
    return points
  }()

  private func unary(_ kind: Int, _ input: [Float], _ p: Float = 0, _ q: Float = 0) -> [Float] {
    var output = [Float](repeating: .nan, count: input.count)
    pith_f32_unary(UInt32(kind), input, &output, input.count, p, q)
    return output
  }

  /// The largest error in units of the last place of the exact result.
  private func worst(_ values: [Float], _ exact: (Double) -> Double) -> (error: Double, at: Float) {
    zip(Self.points, values).map { x, y in
      let truth = exact(Double(x))
      let unit = Double(max(Float(truth).ulp, Float.leastNormalMagnitude.ulp))
      return (abs(Double(y) - truth) / unit, x)
    }.max { $0.0 < $1.0 } ?? (0, 0)
  }

  @Test func sigmoid() {
    let found = worst(unary(3, Self.points)) { $0 < 0 ? exp($0) / (1 + exp($0)) : 1 / (1 + exp(-$0)) }
    #expect(found.error <= 2.5, "\(found)")
    #expect(unary(3, [.infinity, -.infinity]) == [1, 0])
    #expect(unary(3, [.nan])[0].isNaN)
  }

  @Test func tanhIsAccurate() {
    let found = worst(unary(4, Self.points)) { tanh($0) }
    #expect(found.error <= 2.5, "\(found)")
    #expect(unary(4, [.infinity, -.infinity]) == [1, -1])
    #expect(unary(4, [.nan])[0].isNaN)
  }

  @Test func simpleFunctions() {
    let x: [Float] = [-4, -3, -1, -0.5, 0, 0.5, 2, 3, 7]
    #expect(unary(0, x) == x.map { max($0, 0) })
    #expect(unary(1, x, -2, 1.5) == x.map { min(max($0, -2), 1.5) })
    #expect(unary(2, x, 0.25) == x.map { $0 < 0 ? $0 * 0.25 : $0 })
    #expect(unary(5, x, 0.2, 0.5) == x.map { min(max(0.2 * $0 + 0.5, 0), 1) })
    let swish = x.map { $0 * min(max($0 * (1 / 6) + 0.5, 0), 1) }
    #expect(unary(6, x) == swish)
  }

  @Test(arguments: [1, 2, 10, 1000]) func softmax(_ count: Int) {
    var random = Random(seed: UInt64(count))
    let input = (0..<3 * count).map { _ in Float.random(in: -90...90, using: &random) }
    var output = [Float](repeating: .nan, count: input.count)
    pith_f32_softmax(input, &output, 3, count)
    for row in 0..<3 {
      let run = input[row * count..<(row + 1) * count].map(Double.init)
      let top = run.max() ?? 0
      let total = run.map { exp($0 - top) }.reduce(0, +)
      for (i, x) in run.enumerated() {
        let truth = exp(x - top) / total
        #expect(abs(Double(output[row * count + i]) - truth) <= truth * 1e-5 + 1e-40)
      }
    }
  }
}
