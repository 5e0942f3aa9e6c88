import CPith
import PithHost
import PithRuntime
import Testing

@Suite struct ChecksumTests {
  private func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
  }

  @Test(arguments: [0, 1, 7, 8, 15, 24, 25, 31, 32, 33, 63, 64, 100, 257])
  func everyFlipOfOneBitShows(count: Int) {
    var file = bytes(count, seed: UInt64(count))
    let sound = pith_checksum(file, file.count)
    for bit in 0..<(count * 8) {
      file[bit / 8] ^= 1 << (bit % 8)
      let isOwnPlace = (16..<24).contains(bit / 8)
      #expect((pith_checksum(file, file.count) == sound) == isOwnPlace, "bit \(bit)")
      file[bit / 8] ^= 1 << (bit % 8)
    }
  }

  @Test func everyChangeWithinAWordShows() {
    var file = bytes(256, seed: 9)
    let sound = pith_checksum(file, file.count)
    for (round, word) in [0, 8, 24, 32, 96, 200, 248].enumerated() {
      let saved = file
      for _ in 0..<2000 {
        let change = bytes(8, seed: UInt64.random(in: 1...UInt64.max))
        file.replaceSubrange(word..<(word + 8), with: change)
        if file != saved { #expect(pith_checksum(file, file.count) != sound, "word \(word), round \(round)") }
      }
      file = saved
    }
  }

  /// Files that exist stay sound.
  @Test func neverChanges() {
    let file = (0..<1003).map { UInt8(truncatingIfNeeded: $0 * 7 + 3) }
    #expect(pith_checksum(file, 1003) == 0xED1D_4FA7_0E5C_D0A7)
    #expect(pith_checksum(file, 256) == 0x29AA_A458_5626_93AE)
    #expect(pith_checksum(file, 24) == 0x1DC5_39D0_AD0A_FAEE)
    #expect(pith_checksum(file, 0) == 0x438A_B50A_0F9E_B236)
  }

  @Test func orderAndLengthCount() {
    let file = bytes(256, seed: 3)
    var seen = Set<UInt64>()
    for count in 0...256 { seen.insert(pith_checksum(file, count)) }
    // 16 to 24 bytes differ by length only, as those bytes are the checksum's own.
    #expect(seen.count == 257)
    for a in stride(from: 24, to: 248, by: 8) {
      for b in stride(from: a + 8, through: 248, by: 8) {
        var swapped = file
        for i in 0..<8 { swapped.swapAt(a + i, b + i) }
        #expect(pith_checksum(swapped, 256) != pith_checksum(file, 256))
      }
    }
    let zeros = [UInt8](repeating: 0, count: 256)
    #expect(Set((0...256).map { pith_checksum(zeros, $0) }).count == 257)
  }
}
