import CPith
import PithGraph
import PithHost
import PithPasses
import PithTestSupport
import Testing

@testable import PithLower

/// How kernels are to run a program is data in its file, and changes no byte of the output.
@Suite struct PlanTests {
  private static let shape = [1, 8, 17, 19]

  private func model() throws -> (QuantizedModel, [[Tensor]]) {
    var network = SmallNetwork(seed: 21)
    var value = network.input(Self.shape)
    for (output, input, kernel) in [(24, 8, 3), (100, 24, 1), (20, 100, 3)] {
      value = network.add(
        Conv(padding: .sameUpper, activation: .relu), value,
        network.constant([output, input, kernel, kernel]),
        network.constant([output]))
    }
    var random = SeededRandom(seed: 22)
    let samples = (0..<3).map { _ in [random.tensor(Self.shape)] }
    return (try network.built(value).quantized(on: samples), samples)
  }

  private func outputs(_ file: [UInt8], _ isa: PithISA, threads: Int, _ samples: [[Tensor]]) throws
    -> [[Float]]
  {
    let session = PithSession(
      try PithModel(bytes: file, isa: isa), pool: threads > 1 ? ThreadPool(threads: threads) : nil)
    return try samples.map { try session.run(inputs: [$0[0].floats ?? []])[0] }
  }

  @Test func plannedProgramsGiveTheSameBytes() throws {
    let (model, samples) = try model()
    let plain = try Lowering.lower(model)
    for target in ProgramTarget.allCases {
      let planned = try Lowering.lower(model, target: target)
      #expect(planned.bytes.count > plain.bytes.count)
      for isa in PithISA.available {
        let opened = try PithModel(bytes: planned.bytes, isa: isa)
        #expect((opened.plan(1) != nil) == (isa.rawValue == target.isa))
        #expect(
          try outputs(planned.bytes, isa, threads: 1, samples)
            == outputs(plain.bytes, isa, threads: 1, samples))
      }
    }
  }

  /// Whatever a file asks for.
  @Test func anyPlanGivesTheSameBytes() throws {
    let (model, samples) = try model()
    let plain = try Lowering.lower(model)
    let count = plain.origins.count
    let expected = try outputs(plain.bytes, .scalar, threads: 1, samples)
    var random = SeededRandom(seed: 23)
    func byte() -> UInt8 { UInt8(random.float(in: 0...255)) }
    for target in ProgramTarget.allCases
    where PithISA.available.contains(where: { $0.rawValue == target.isa }) {
      let isa = try #require(PithISA(rawValue: target.isa))
      for _ in 0..<40 {
        let plans = (0..<count).map { _ in
          pith_plan(
            isa: 0, axis: byte() % 5, pixels: byte() % 16, blocks: byte() % 7,
            chunk: UInt16(byte()) * UInt16(byte() % 3), algorithm: byte() % 3, reserved: byte())
        }
        let file = try ProgramFile.adding(ProgramPlans(isa: target.isa, plans: plans), to: plain.bytes)
        #expect(try outputs(file, isa, threads: 1, samples) == expected)
        #expect(try outputs(file, isa, threads: 2, samples) == expected)
      }
    }
  }

  @Test func plansOfEachKindAreKept() throws {
    let (model, _) = try model()
    let plain = try Lowering.lower(model).bytes
    let count = try PithModel(bytes: plain).instructionCount
    func plans(_ isa: pith_isa, _ pixels: UInt8) -> ProgramPlans {
      ProgramPlans(
        isa: isa.rawValue,
        plans: Array(
          repeating: pith_plan(
            isa: 0, axis: 0, pixels: pixels, blocks: 1, chunk: 4, algorithm: 0, reserved: 0),
          count: count))
    }
    let first = try ProgramFile.adding(plans(PITH_ISA_AVX2, 4), to: plain)
    let both = try ProgramFile.adding(plans(PITH_ISA_AVX512_VNNI, 12), to: first)
    let again = try ProgramFile.adding(plans(PITH_ISA_AVX2, 6), to: both)
    #expect(again.count == both.count && both.count > first.count)
    // The last kind replaces its own only.
    let back = try ProgramFile.adding(plans(PITH_ISA_AVX2, 4), to: again)
    #expect(try back == ProgramFile.adding(plans(PITH_ISA_AVX2, 4), to: both))
    #expect(throws: GraphError.self) {
      try ProgramFile.adding(ProgramPlans(isa: 2, plans: [pith_plan()]), to: plain)
    }
    #expect(throws: GraphError.self) {
      try ProgramFile.adding(plans(PITH_ISA_AVX2, 4), to: Array(plain.prefix(70)))
    }
  }

  /// Where words are multiplied, 3×3 convolutions take Winograd's algorithm, whose memory lies behind the arena's rest.
  @Test func winogradIsPlannedForWords() throws {
    let (model, samples) = try model()
    let plain = try Lowering.lower(model)
    let planned = try Lowering.lower(model, target: .avx2)
    let opened = try PithModel(bytes: planned.bytes, isa: .scalar)
    #expect(planned.arenaBytes == opened.arenaBytes && planned.arenaBytes > plain.arenaBytes)
    #expect(try Lowering.lower(model, target: .avx512VNNI).arenaBytes == plain.arenaBytes)
    // Planned anew, a program needs no more than the last plans do.
    let count = plain.origins.count
    let none = ProgramPlans(isa: PITH_ISA_AVX2.rawValue, plans: .init(repeating: pith_plan(), count: count))
    let back = try ProgramFile.adding(none, to: planned.bytes)
    #expect(try PithModel(bytes: back).arenaBytes == plain.arenaBytes)
    // Plans of another kind that stay keep the memory only where they need it.
    let other = ProgramPlans(
      isa: PITH_ISA_AVX512_VNNI.rawValue, plans: .init(repeating: pith_plan(), count: count))
    let both = try ProgramFile.adding(other, to: planned.bytes)
    #expect(try PithModel(bytes: both).arenaBytes == planned.arenaBytes)
    #expect(
      try PithModel(bytes: ProgramFile.adding(none, to: both)).arenaBytes == plain.arenaBytes)
    guard let isa = PithISA.available.first(where: { $0.rawValue == PITH_ISA_AVX2.rawValue }) else { return }
    let chosen = try PithModel(bytes: planned.bytes, isa: isa)
    let algorithms = (0..<count).map { UInt32(chosen.plan($0)?.algorithm ?? 0) }
    #expect(algorithms.filter { $0 == PITH_ALGORITHM_WINOGRAD.rawValue }.count == 2)
    for threads in [1, 2, 3, 6, 8, 16] {
      #expect(
        try outputs(planned.bytes, isa, threads: threads, samples)
          == outputs(plain.bytes, .scalar, threads: 1, samples))
    }
  }

  /// The model of the costs knows the usual cases.
  @Test func tilesFitTheChannels() {
    func tile(_ target: ProgramTarget, _ pixels: Int, _ depth: Int, _ channels: Int) -> [UInt8] {
      let plan = KernelPlanner(target).plan(
        .init(pixels: pixels, steps: depth / 4, channels: channels, taps: 1))
      return [plan.pixels, plan.blocks]
    }
    // Few channels leave registers for more pixels; a vector is left to its own kernel.
    #expect(tile(.avx512VNNI, 12_544, 32, 16) == [12, 1])
    #expect(tile(.avx512VNNI, 3136, 64, 256) == [6, 4])
    #expect(tile(.avx512VNNI, 1, 512, 1000) == [0, 0])
    #expect(tile(.avx2, 3136, 64, 256) == [6, 1])
    // A few pixels are less work than transforming all filters.
    func algorithm(_ side: Int, _ channels: Int) -> UInt32 {
      let tiles = (side + 3) / 4 * ((side + 3) / 4)
      return UInt32(
        KernelPlanner(.avx2).plan(
          .init(pixels: side * side, steps: 9 * channels / 4, channels: channels, taps: 9, tiles: tiles)
        ).algorithm)
    }
    #expect(algorithm(56, 64) == PITH_ALGORITHM_WINOGRAD.rawValue)
    #expect(algorithm(7, 512) == PITH_ALGORITHM_WINOGRAD.rawValue)
    #expect(algorithm(2, 512) == PITH_ALGORITHM_DIRECT.rawValue)
  }
}
