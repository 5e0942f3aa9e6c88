import PithTestSupport
import Testing

@testable import PithPasses

@Suite struct QuantizationParametersTests {
  @Test func zeroIsAlwaysExact() {
    var random = SeededRandom(seed: 1)
    for _ in 0..<5000 {
      let size = Float(exponent(&random))
      let (a, b) = (random.float() * size, random.float() * size)
      let parameters = QuantizationParameters(covering: Swift.min(a, b)...Swift.max(a, b))
      #expect((0...255).contains(parameters.zeroPoint) && parameters.scale > 0 && parameters.scale.isFinite)
      #expect(parameters.quantized(0) == UInt8(parameters.zeroPoint))
      #expect(parameters.real(UInt8(parameters.zeroPoint)) == 0)
    }
  }

  /// Powers of ten from 1e-30 to 1e30.
  private func exponent(_ random: inout SeededRandom) -> Double {
    (0..<Int.random(in: 0...30, using: &random)).reduce(1.0) { size, _ in size * 10 }
      / (0..<Int.random(in: 0...30, using: &random)).reduce(1.0) { size, _ in size * 10 }
  }

  @Test func everyRealOfTheRangeIsNear() {
    var random = SeededRandom(seed: 2)
    for _ in 0..<300 {
      let (a, b) = (random.float(in: -3...3), random.float(in: -3...3))
      let parameters = QuantizationParameters(covering: Swift.min(a, b)...Swift.max(a, b))
      for _ in 0..<50 {
        let x = random.float(in: Swift.min(a, b, 0)...Swift.max(a, b, 0))
        // Half a step of rounding, and half a step where the zero point was rounded at the range's end.
        #expect(abs(parameters.real(parameters.quantized(x)) - x) <= parameters.scale * 1.001)
      }
      #expect(parameters.range.lowerBound <= Swift.min(a, b, 0) + parameters.scale / 2 * 1.001)
      #expect(parameters.range.upperBound >= Swift.max(a, b, 0) - parameters.scale / 2 * 1.001)
    }
  }

  @Test func theRangeIsExtendedToZero() {
    let positive = QuantizationParameters(covering: 2...5)
    #expect(positive.zeroPoint == 0 && positive.range == 0...5)
    let negative = QuantizationParameters(covering: -5 ... -2)
    #expect(negative.zeroPoint == 255 && negative.range.lowerBound == -5)
    let both = QuantizationParameters(covering: -1...1)
    #expect((127...128).contains(both.zeroPoint))
  }

  @Test(arguments: [0...0, 0...1e-44, -1e-44...1e-45, 0...Float.leastNormalMagnitude])
  func whatIsNearlyNothingHasAnyScale(_ range: ClosedRange<Float>) {
    let parameters = QuantizationParameters(covering: range)
    #expect(parameters == QuantizationParameters(scale: 1, zeroPoint: 0))
    #expect(parameters.quantized(range.upperBound) == 0)
  }

  @Test func theLargestRangeHasAFiniteScale() {
    let most = Float.greatestFiniteMagnitude
    let parameters = QuantizationParameters(covering: -most...most)
    #expect(parameters.scale.isFinite)
    #expect(parameters.quantized(most) == 255 && parameters.quantized(-most) == 0)
  }

  @Test func roundingIsToEvenAndSaturates() {
    let parameters = QuantizationParameters(scale: 1, zeroPoint: 10)
    #expect([0.5, 1.5, 2.5, -0.5, -1.5].map { parameters.quantized($0) } == [10, 12, 12, 10, 8])
    #expect(parameters.quantized(1e30) == 255 && parameters.quantized(-1e30) == 0)
    #expect(parameters.quantized(.infinity) == 255 && parameters.quantized(-.infinity) == 0)
    #expect(parameters.quantized(.nan) == 0)
  }
}
