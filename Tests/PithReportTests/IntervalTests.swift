import Foundation
import PithReport
import Testing

@Suite struct IntervalTests {
  /// R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17
  /// (1998), table I, method 3.
  @Test(arguments: [
    (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0, 0.1611), (1, 29, 0.0061, 0.1718),
  ])
  func wilsonMatchesThePublishedTable(correct: Int, samples: Int, low: Double, high: Double) {
    let interval = WilsonInterval(correct: correct, samples: samples)
    #expect(abs(interval.lowerBound - low) < 5e-5)
    #expect(abs(interval.upperBound - high) < 5e-5)
    // Of failures instead of successes, it is the mirror image.
    let mirrored = WilsonInterval(correct: samples - correct, samples: samples)
    #expect(abs(mirrored.lowerBound - (1 - interval.upperBound)) < 1e-12)
    #expect(abs(mirrored.upperBound - (1 - interval.lowerBound)) < 1e-12)
  }

  @Test func wilsonStaysWithinItsRange() {
    #expect(WilsonInterval(correct: 0, samples: 0) == WilsonInterval(lowerBound: 0, upperBound: 1))
    #expect(WilsonInterval(correct: 0, samples: 7).lowerBound == 0)
    #expect(WilsonInterval(correct: 7, samples: 7).upperBound == 1)
    #expect(WilsonInterval(correct: 9, samples: 7) == WilsonInterval(correct: 7, samples: 7))
    #expect(WilsonInterval(correct: -1, samples: 7) == WilsonInterval(correct: 0, samples: 7))
    let huge = WilsonInterval(correct: .max / 2, samples: .max)
    #expect(abs(huge.lowerBound - 0.5) < 1e-8 && abs(huge.upperBound - 0.5) < 1e-8)
  }

  @Test func pairedIntervalByHand() {
    // b = 10.5, c = 2.5, n = 102: −8/102 ± 1.95996·√(13 − 64/102)/102
    let paired = PairedDifference(onlyFirst: 10, onlySecond: 2, samples: 100)
    #expect(abs(paired.difference + 0.08) < 1e-12)
    #expect(abs(paired.lowerBound + 0.146016) < 1e-5)
    #expect(abs(paired.upperBound + 0.010847) < 1e-5)
    #expect(!paired.isWithinNoise)
    let swapped = PairedDifference(onlyFirst: 2, onlySecond: 10, samples: 100)
    #expect(swapped.lowerBound == -paired.upperBound && swapped.upperBound == -paired.lowerBound)
    #expect(PairedDifference(onlyFirst: 5, onlySecond: 4, samples: 100).isWithinNoise)
    #expect(PairedDifference(onlyFirst: 0, onlySecond: 0, samples: 0).isWithinNoise)
  }

  /// Drawn again and again, 95 % of the intervals should hold the true difference.
  @Test func pairedIntervalCovers() {
    var state: UInt64 = 7
    func uniform() -> Double {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return Double((z ^ (z >> 31)) >> 11) * 0x1p-53
    }
    var covered = 0
    let trials = 2000
    for _ in 0..<trials {
      var only = (first: 0, second: 0)
      for _ in 0..<400 {
        let draw = uniform()
        if draw < 0.03 { only.first += 1 } else if draw < 0.05 { only.second += 1 }
      }
      let paired = PairedDifference(onlyFirst: only.first, onlySecond: only.second, samples: 400)
      if paired.lowerBound <= -0.01, paired.upperBound >= -0.01 { covered += 1 }
    }
    #expect((0.935...0.975).contains(Double(covered) / Double(trials)))
  }

  @Test func comparisonFromCounts() {
    let accuracy = AccuracyComparison(
      samples: 200, bothRight: 150, onlyFp32Right: 8, onlyInt8Right: 2, agreeing: 185)
    #expect(accuracy.fp32.correct == 158 && accuracy.int8.correct == 152)
    #expect(accuracy.fp32.accuracy == 0.79 && accuracy.int8.accuracy == 0.76)
    #expect(abs(accuracy.difference + 3) < 1e-9)
    #expect(accuracy.agreement == 0.925)
    #expect(accuracy.int8.interval == WilsonInterval(correct: 152, samples: 200))
  }
}
