import PithTestSupport
import Testing

@testable import PithPasses

extension StreamingHistogram {
  init(_ values: [Float]) {
    self.init()
    add(values)
  }

  mutating func add(_ values: [Float]) { values.withUnsafeBufferPointer { add($0) } }
}

@Suite struct StreamingHistogramTests {
  @Test func batchesDoNotMatter() {
    var random = SeededRandom(seed: 1)
    // Multiples of 2^-10, so that no bin's edge is met by rounding.
    let values = random.ints(5000, in: -70_000...70_000).map { Float($0) / 1024 } + [0, 0, 0]
    let whole = StreamingHistogram(values)
    for _ in 0..<20 {
      var parts = StreamingHistogram()
      var rest = values.shuffled(using: &random)[...]
      while !rest.isEmpty {
        let count = Swift.min(rest.count, Int.random(in: 1...900, using: &random))
        parts.add(Array(rest.prefix(count)))
        rest = rest.dropFirst(count)
      }
      #expect(parts.bins == whole.bins && parts.reach == whole.reach)
      #expect(parts.zeros == whole.zeros && parts.total == whole.total)
      #expect(parts.minimum == whole.minimum && parts.maximum == whole.maximum)
    }
  }

  @Test func everyValueIsCountedNearItself() {
    for value: Float in [1e-35, -1e-20, 0.001, -0.001, 1, -1, 1.999, 2, -2, 12345, -3e30, 3e38, -3.4e38] {
      let histogram = StreamingHistogram([value])
      #expect(histogram.occupied.count == 1 && histogram.bins.reduce(0, +) == 1)
      let center = histogram.center(histogram.occupied.lowerBound)
      #expect(center.isFinite && histogram.binWidth.isFinite)
      // What is smaller than 2^-100 or larger than 2^127 is counted in the nearest bin.
      if abs(value) > 1e-30, abs(value) < 1e38 { #expect(abs(center - value) <= histogram.binWidth / 2) }
    }
  }

  @Test func doublingKeepsWhatIsThere() {
    var histogram = StreamingHistogram([0.7, -0.7, 0.2])
    #expect(histogram.reach == 1)
    histogram.add([100])
    #expect(histogram.reach == 128 && histogram.bins.reduce(0, +) == 4 && histogram.total == 4)
    let centers = histogram.bins.indices.filter { histogram.bins[$0] > 0 }.map { histogram.center($0) }
    #expect(zip(centers, [-0.7, 0.2, 0.7, 100]).allSatisfy { abs($0 - $1) <= histogram.binWidth / 2 })
    #expect(centers.count == 4)
  }

  @Test func zerosAreCountedApart() {
    var histogram = StreamingHistogram([0, -0.0, 0])
    #expect(histogram.zeros == 3 && histogram.reach == 0 && histogram.occupied.isEmpty)
    histogram.add([1, 0])
    #expect(histogram.zeros == 4 && histogram.total == 5 && histogram.bins.reduce(0, +) == 1)
    #expect(histogram.minimum == 0 && histogram.maximum == 1)
    histogram.add([])
    #expect(histogram.total == 5)
  }

  @Test func theShareOutsideIsCounted() {
    let histogram = StreamingHistogram(Array(repeating: 1, count: 90) + Array(repeating: 8, count: 10))
    #expect(histogram.share(outside: 0...2) == 0.1)
    #expect(histogram.share(outside: 0...8) == 0)
    #expect(histogram.share(outside: -1...0) == 1)
    #expect(StreamingHistogram().share(outside: 0...1) == 0)
  }
}
