import PithTestSupport
import Testing

@testable import PithPasses

@Suite struct RangeMethodTests {
  /// A bell of standard deviation 1, and in 20,000 values six far off.
  private static let outliers: StreamingHistogram = {
    var random = SeededRandom(seed: 1)
    return StreamingHistogram(random.normals(20_000) + [60, -55, 58, 50, -60, 59])
  }()

  @Test func minmaxTakesEverything() {
    #expect(RangeMethod.minmax.range(of: Self.outliers) == -60...60)
    #expect(RangeMethod.minmax.range(of: StreamingHistogram([2, 3])) == 0...3)
  }

  @Test func percentileCutsOneInTenThousandOffAtEitherEnd() {
    // Two of 20,006 may go at either end; the third is 58 above and within the bell below.
    let range = RangeMethod.percentile.range(of: Self.outliers)
    #expect(range.upperBound > 57 && range.upperBound < 58.1)
    #expect(range.lowerBound > -6)
    let few = StreamingHistogram((1...100).map { Float($0) })
    #expect(RangeMethod.percentile.range(of: few) == 0...100)
  }

  @Test(arguments: [RangeMethod.mse, .entropy])
  func outliersAreLeftOut(_ method: RangeMethod) {
    let range = method.range(of: Self.outliers)
    #expect(range.upperBound < 45 && range.lowerBound > -45, "\(range)")
    // But not the bell.
    #expect(range.upperBound > 2.5 && range.lowerBound < -2.5, "\(range)")
  }

  @Test(arguments: RangeMethod.allCases)
  func anEvenDistributionKeepsItsRange(_ method: RangeMethod) {
    var random = SeededRandom(seed: 2)
    let range = method.range(of: StreamingHistogram(random.floats(20_000, in: -1...3)))
    #expect(range.lowerBound >= -1 && range.lowerBound < -0.9, "\(range)")
    #expect(range.upperBound <= 3 && range.upperBound > 2.8, "\(range)")
  }

  @Test func theErrorIsNoMoreThanThatOfTheWholeRange() {
    var random = SeededRandom(seed: 3)
    for _ in 0..<20 {
      let values = random.normals(3000).map { $0 * $0 * $0 }
      func error(_ range: ClosedRange<Float>) -> Double {
        let parameters = QuantizationParameters(covering: range)
        return values.reduce(0) {
          let difference = Double($1 - parameters.real(parameters.quantized($1)))
          return $0 + difference * difference
        }
      }
      let histogram = StreamingHistogram(values)
      let chosen = RangeMethod.mse.range(of: histogram)
      #expect(error(chosen) <= error(RangeMethod.minmax.range(of: histogram)) * 1.02)
    }
  }

  @Test(arguments: RangeMethod.allCases)
  func degenerateInputsHaveARange(_ method: RangeMethod) {
    #expect(method.range(of: StreamingHistogram()) == 0...0)
    #expect(method.range(of: StreamingHistogram([0, 0])) == 0...0)
    for value: Float in [5, -5, 0.1, 1e-6, -3e30] {
      for count in [1, 1000] {
        let range = method.range(of: StreamingHistogram(Array(repeating: value, count: count)))
        let (far, near) =
          value > 0 ? (range.upperBound, range.lowerBound) : (range.lowerBound, range.upperBound)
        #expect(near == 0)
        #expect(abs(far - value) < abs(value) * 0.02, "\(method) of \(value): \(range)")
      }
    }
  }

  @Test(arguments: RangeMethod.allCases)
  func extremesHaveAFiniteRange(_ method: RangeMethod) {
    let most = Float.greatestFiniteMagnitude
    for values: [Float] in [
      [most, -most], [most], [1e-45], [-1e-42, 1e-45], [most, 1e-45, 0], [-most, 1],
    ] {
      let range = method.range(of: StreamingHistogram(values))
      #expect(range.lowerBound.isFinite && range.upperBound.isFinite)
      #expect(range.contains(0))
      #expect(range.lowerBound >= Swift.min(0, values.min() ?? 0))
      #expect(range.upperBound <= Swift.max(0, values.max() ?? 0))
      #expect(QuantizationParameters(covering: range).scale.isFinite)
    }
  }

  @Test(arguments: RangeMethod.allCases)
  func valuesOfOneSignKeepZeroAtTheEnd(_ method: RangeMethod) {
    var random = SeededRandom(seed: 4)
    let negative = method.range(of: StreamingHistogram(random.floats(5000, in: -9 ... -2)))
    #expect(negative.upperBound == 0 && negative.lowerBound < -8 && negative.lowerBound >= -9)
    let rectified = method.range(of: StreamingHistogram(random.floats(5000).map { Swift.max(0, $0) }))
    #expect(rectified.lowerBound == 0 && rectified.upperBound > 0.85)
  }
}
