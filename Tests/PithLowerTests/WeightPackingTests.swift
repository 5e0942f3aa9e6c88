import PithTestSupport
import Testing

@testable import PithLower

@Suite struct WeightPackingTests {
  @Test(arguments: [(1, 4), (3, 8), (16, 4), (17, 12), (40, 36), (64, 64)])
  func unpackingGivesTheWeightsBack(channels: Int, depth: Int) {
    var random = SeededRandom(seed: channels)
    let weights = random.ints(channels * depth, in: -127...127).map { Int8($0) }
    let packed = WeightPacking.pack(channels: channels, depth: depth) { weights[$0 * depth + $1] }
    let blocks = (channels + 15) / 16
    #expect(packed.count == blocks * 16 * depth)
    // [channels / 16][K / 4][16][4], read in order.
    var offset = 0
    for block in 0..<blocks {
      for group in 0..<(depth / 4) {
        for lane in 0..<16 {
          for tap in 0..<4 {
            let channel = block * 16 + lane
            let expected = channel < channels ? weights[channel * depth + group * 4 + tap] : 0
            #expect(packed[offset] == expected)
            offset += 1
          }
        }
      }
    }
  }

  @Test func equalPiecesAreStoredOnce() {
    var blob = ByteBlob()
    let first = blob.add([1, 2, 3], alignment: 64)
    let second = blob.add([4, 5], alignment: 64)
    #expect(first == 0 && second == 64 && blob.bytes.count == 66)
    #expect(blob.add([1, 2, 3], alignment: 64) == first)
    #expect(blob.bytes == [1, 2, 3] + Array(repeating: 0, count: 61) + [4, 5])
  }
}
