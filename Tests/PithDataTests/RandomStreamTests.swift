import Foundation
import Testing

@testable import PithData

@Suite struct RandomStreamTests {
  /// From an implementation in Python; the first stream is that of xoshiro256** seeded by SplitMix64 of 0, as
  /// others publish it.
  @Test func streamsAreTheSameEverywhere() {
    var plain = RandomStream(seed: 0)
    #expect(
      (0..<3).map { _ in plain.next() } == [
        0x99ec_5f36_cb75_f2b4, 0xbf6e_1f78_4956_452a, 0x1a5f_849d_4933_e6e0,
      ])
    var keyed = RandomStream(seed: 42, 1, 7)
    #expect(
      (0..<3).map { _ in keyed.next() } == [
        0xa1a3_753a_30bf_33cf, 0x5ae9_5db0_6187_ccc7, 0x08c5_6abd_7b7b_9480,
      ])
    var other = RandomStream(seed: 42, 7, 1)
    #expect(other.next() != 0xa1a3_753a_30bf_33cf)
  }

  @Test(arguments: [1, 2, 3, 10, 1000, 1 << 62]) func boundsAreKept(bound: Int) {
    var random = RandomStream(seed: 1)
    var sum = 0.0
    for _ in 0..<4000 {
      let value = random.below(bound)
      #expect((0..<bound).contains(value))
      sum += Double(value) / Double(bound)
    }
    let mean = bound == 1 ? 0 : 0.5 - 0.5 / Double(bound)
    #expect(abs(sum / 4000 - mean) < 0.03)
  }

  /// All 24 orders of four things come equally often: χ² of 23 degrees of freedom.
  @Test func shufflesAreFair() {
    var random = RandomStream(seed: 3)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<24_000 {
      var values = [0, 1, 2, 3]
      random.shuffle(&values)
      counts[values, default: 0] += 1
    }
    #expect(counts.count == 24)
    let chiSquared = counts.values.reduce(0.0) { $0 + pow(Double($1) - 1000, 2) / 1000 }
    #expect(chiSquared < 50)
    var slice = Array(0..<10)[3...]
    random.shuffle(&slice)
    #expect(slice.sorted() == Array(3..<10))
  }

  /// The largest distance between the distribution function and that of a sample (Kolmogorov and Smirnov).
  private func distance(_ sample: [Double], _ distribution: (Double) -> Double) -> Double {
    let sorted = sample.sorted()
    return sorted.enumerated().map { index, value in
      let expected = distribution(value)
      let (below, above) = (Double(index), Double(index + 1))
      let count = Double(sorted.count)
      return max(abs(expected - below / count), abs(expected - above / count))
    }.max() ?? 1
  }

  @Test func normalNumbersAreNormal() {
    var random = RandomStream(seed: 5)
    let sample = (0..<200_000).map { _ in random.normal() }
    // The critical value at 0.1 % is 1.95 / √n.
    #expect(distance(sample) { 0.5 * erfc(-$0 / 2.0.squareRoot()) } < 1.95 / 200_000.0.squareRoot())
    // The tail beyond the lowest layer is there: 115 of them are expected, within a few times its root.
    let far = sample.count { abs($0) > 3.442619855899 }
    #expect((75...155).contains(far))
    let fourth = sample.reduce(0) { $0 + pow($1, 4) } / 200_000
    #expect(abs(fourth - 3) < 0.15)
  }

  @Test(arguments: [0.01, 0.2, 1, 3]) func betaNumbersHaveTheirMoments(alpha: Double) {
    var random = RandomStream(seed: 7)
    let sample = (0..<40_000).map { _ in random.beta(alpha) }
    #expect(sample.allSatisfy { (0...1).contains($0) })
    let mean = sample.reduce(0, +) / 40_000
    let variance = sample.reduce(0) { $0 + pow($1 - mean, 2) } / 40_000
    #expect(abs(mean - 0.5) < 0.01)
    #expect(abs(variance - 1 / (4 * (2 * alpha + 1))) < 0.004)
    if alpha == 1 { #expect(distance(sample) { $0 } < 1.95 / 200) }
  }
}
