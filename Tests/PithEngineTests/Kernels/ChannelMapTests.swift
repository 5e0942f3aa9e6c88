import CPithFloatKernels
import PithGraph
import PithTestSupport
import Testing

@testable import PithEngine

/// Batch norm's loops and the 2 × 2 pool against plain loops in double precision.
@Suite struct ChannelMapTests {
  private static let shapes: [[Int]] = [
    [1, 1, 1, 1], [3, 2, 7, 7], [20, 5, 3, 11], [2, 3, 60, 70], [9, 4],
  ]

  private static func values(_ shape: [Int], _ seed: Int) -> [Float] {
    var random = SeededRandom(seed: seed)
    return random.tensor(shape).floats ?? []
  }

  @Test(arguments: shapes) func momentsFarFromZero(_ shape: [Int]) {
    let x = Self.values(shape, 1).map { $0 + 1000 }
    let size = shape[2...].reduce(1, *)
    for kernels in FloatKernels.all {
      let (means, variances) = ChannelMaps(shape, kernels).moments(x)
      for channel in 0..<shape[1] {
        let own = x.indices.filter { $0 / size % shape[1] == channel }.map { Double(x[$0]) }
        let mean = own.reduce(0, +) / Double(own.count)
        let variance = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(own.count)
        #expect((means[channel] - mean).magnitude < 1e-4, "\(kernels.name)")
        #expect((variances[channel] - variance).magnitude < 1e-5 * max(variance, 0.01), "\(kernels.name)")
      }
    }
  }

  @Test(arguments: shapes) func gradientBehindAClamp(_ shape: [Int]) {
    let (x, gradient) = (Self.values(shape, 1), Self.values(shape, 2))
    let channels = shape[1]
    let size = shape[2...].reduce(1, *)
    let factors = (0..<channels).map { 1 + 0.25 * Float($0) }
    let shifts = (0..<channels).map { 0.125 * Float($0) - 0.25 }
    let means = (0..<channels).map { 0.5 - 0.25 * Float($0) }
    let lines = (0..<channels).map {
      pith_float_line(mean: means[$0], factor: factors[$0], shift: shifts[$0], low: -0.5, high: 0.75)
    }
    for kernels in FloatKernels.all {
      let maps = ChannelMaps(shape, kernels)
      var y = x
      maps.scale(x, by: lines, to: &y)
      let (sums, products) = maps.gradientSums(x, gradient, by: lines)
      var result = gradient
      maps.scaleGradient(x, &result, by: lines, slope: factors, perX: shifts, all: means)
      var (expectedSums, expectedProducts) = (
        [Double](repeating: 0, count: channels), [Double](repeating: 0, count: channels)
      )
      for index in x.indices {
        let channel = index / size % channels
        let value = (x[index] - means[channel]) * factors[channel] + shifts[channel]
        #expect((y[index] - min(max(value, -0.5), 0.75)).magnitude < 1e-6)
        let passed = value > -0.5 && value < 0.75 ? gradient[index] : 0
        expectedSums[channel] += Double(passed)
        expectedProducts[channel] += Double(passed) * Double(x[index] - means[channel])
        let expected =
          factors[channel] * passed + shifts[channel] * (x[index] - means[channel]) + means[channel]
        #expect((result[index] - expected).magnitude < 1e-5, "\(kernels.name)")
      }
      for channel in 0..<channels {
        #expect((sums[channel] - expectedSums[channel]).magnitude < 1e-3, "\(kernels.name)")
        #expect((products[channel] - expectedProducts[channel]).magnitude < 1e-3, "\(kernels.name)")
      }
    }
  }

  @Test(arguments: [[2, 3, 28, 28], [1, 1, 2, 2], [3, 2, 7, 9], [2, 2, 33, 70]])
  func poolRemembersTheFirstWinner(
    _ shape: [Int]
  ) throws {
    // Few different values, so that there are ties.
    let x = Self.values(shape, 3).map { ($0 * 2).rounded() }
    let (rows, columns) = (shape[2] / 2, shape[3] / 2)
    let outputShape = [shape[0], shape[1], rows, columns]
    let gradient = Tensor(shape: outputShape, floats: Self.values(outputShape, 4))
    for kernels in FloatKernels.all {
      let pool = try #require(
        TwoByTwoPool(Window(kernel: [2, 2], strides: [2, 2]), input: shape, output: outputShape, kernels))
      let (y, winners) = pool.run(Tensor(shape: shape, floats: x), shape: outputShape)
      let back = try #require(pool.gradient(gradient, winners: winners, shape: shape).floats)
      var expected = [Float](repeating: 0, count: x.count)
      for map in 0..<shape[0] * shape[1] {
        for row in 0..<rows {
          for column in 0..<columns {
            let first = (map * shape[2] + 2 * row) * shape[3] + 2 * column
            let four = [first, first + 1, first + shape[3], first + shape[3] + 1]
            let best = four.max { x[$0] < x[$1] } ?? first
            let winner = four.first { x[$0] == x[best] } ?? first
            let output = (map * rows + row) * columns + column
            #expect(y.floats?[output] == x[winner], "\(kernels.name)")
            expected[winner] = gradient.floats?[output] ?? .nan
          }
        }
      }
      #expect(back == expected, "\(kernels.name)")
    }
  }
}
