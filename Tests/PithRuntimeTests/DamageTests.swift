import CPith
import PithHost
import PithRuntime
import Testing

/// Damaged files are refused, or run between forbidden pages: a stray access would end the process.
@Suite struct DamageTests {
  static let samples = [
    Samples.integers().build(), Samples.floats().build(), Samples.sparse().build(), Samples.pooled().build(),
    Samples.planned().build(),
  ]

  @Test func samplesRun() throws {
    let inputs: [[Float]] = [(0..<40).map { Float($0 % 13) - 4 }]
    let integers = try GuardedRun.outputs(Self.samples[0], inputs, threads: 1)
    #expect(integers[0].count == 8 && abs(integers[0].reduce(0, +) - 1) < 0.05)
    let floats = try GuardedRun.outputs(Self.samples[1], [Array(inputs[0].prefix(32))])
    #expect(floats[0].count == 3 && abs(floats[0].reduce(0, +) - 1) < 1e-5)
    let sparse = try GuardedRun.outputs(Self.samples[2], [(0..<80).map { Float($0 % 13) - 4 }])
    // The last layer keeps nothing but its biases.
    #expect(sparse[0] == (0..<8).map { (Float($0 * 3) * 0.125).rounded(.toNearestOrEven) })
    let image: [[Float]] = [(0..<264).map { Float($0 * $0 % 23) - 9 }]
    let pooled = try GuardedRun.outputs(Self.samples[3], image)
    for threads: UInt32 in [1, 2, 4] {
      #expect(try GuardedRun.outputs(Self.samples[4], image, threads: threads) == pooled)
    }
  }

  @Test(arguments: [0, 1, 2, 3, 4])
  func everyTruncationIsRefused(sample: Int) {
    let file = Self.samples[sample]
    for count in 0..<file.count {
      let (status, _) = GuardedRun.open(Array(file.prefix(count)), checksum: false)
      #expect(status == PITH_ERROR_TRUNCATED, "\(count) of \(file.count) bytes")
    }
    // Bytes after the file's own are ignored.
    #expect(GuardedRun.open(file + [1, 2, 3]).status == PITH_OK)
  }

  @Test(arguments: [0, 1, 2, 3, 4])
  func everyFlippedBitIsSeenByTheChecksum(sample: Int) {
    let memory = GuardedMemory(Self.samples[sample])
    let bytes = memory.start.assumingMemoryBound(to: UInt8.self)
    var model = pith_model()
    let unseen = (0..<memory.count * 8).filter { bit in
      bytes[bit / 8] ^= 1 << (bit % 8)
      defer { bytes[bit / 8] ^= 1 << (bit % 8) }
      return pith_open(&model, memory.start, memory.count, UInt32(PITH_OPEN_CHECKSUM.rawValue)) == PITH_OK
    }
    #expect(unseen.isEmpty)
  }

  @Test(arguments: [0, 1, 2, 3, 4])
  func everyFlippedBitIsRefusedOrRunsWithinItsMemory(sample: Int) {
    var file = Self.samples[sample]
    var (refused, ran) = (0, 0)
    for bit in 0..<(file.count * 8) {
      file[bit / 8] ^= 1 << (bit % 8)
      if GuardedRun.survives(file, round: bit) == PITH_OK { ran += 1 } else { refused += 1 }
      file[bit / 8] ^= 1 << (bit % 8)
    }
    // Weights and scales may be anything; the structure may not.
    #expect(ran > 1000 && refused > 1000)
  }

  @Test(arguments: [0, 1, 2, 3, 4])
  func randomDamageIsRefusedOrRunsWithinItsMemory(sample: Int) {
    var random = Random(seed: UInt64(sample + 1))
    let file = Self.samples[sample]
    let structure = Int(
      file.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 64 + 3 * 24 + 8, as: UInt64.self) })
    let values: [UInt32] = [
      0, 1, 2, 3, 4, 8, 15, 16, 63, 64, 255, 256, 0x3FFF_FFFF, 0x4000_0000, 0x7FFF_FFFF, 0x8000_0000,
      0xFFFF_FFF0, 0xFFFF_FFFF,
    ]
    for round in 0..<20_000 {
      var damaged = file
      for _ in 0..<(1 + random.next() % 4) {
        // The structure, in words: the values that make trouble, or near the old one.
        let place = Int(random.next() % UInt64(structure / 4)) * 4
        let old = damaged.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: place, as: UInt32.self) }
        let new =
          random.next() % 2 == 0
          ? values[Int(random.next() % UInt64(values.count))]
          : old &+ UInt32(truncatingIfNeeded: random.next() % 17) &- 8
        withUnsafeBytes(of: new) { damaged.replaceSubrange(place..<place + 4, with: $0) }
      }
      _ = GuardedRun.survives(damaged, round: round)
    }
  }

  @Test func damagedListsOfKeptBlocksAreRefusedOrRunWithinTheirMemory() {
    var random = Random(seed: 9)
    let b = Samples.sparse()
    let file = b.build()
    let constants = Int(
      file.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 64 + 3 * 24 + 8, as: UInt64.self) })
    let table = constants + Int(b.instructions[Samples.Sparse.map.rawValue].table)
    let bytes = constants + b.constants.count - table
    var ran = 0
    for round in 0..<5000 {
      var damaged = file
      for _ in 0..<(1 + random.next() % 3) {
        let place = table + Int(random.next() % UInt64(bytes / 2)) * 2
        let new =
          random.next() % 4 == 0 ? UInt16(truncatingIfNeeded: random.next()) : UInt16(random.next() % 110)
        withUnsafeBytes(of: new) { damaged.replaceSubrange(place..<place + 2, with: $0) }
      }
      if GuardedRun.survives(damaged, round: round) == PITH_OK { ran += 1 }
    }
    #expect(ran > 100)
  }
}

/// Steele, Lea, Flood: Fast splittable pseudorandom number generators (2014).
struct Random {
  var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
