import CPith
import PithGraph
import PithPasses
import PithTestSupport
import Testing

@testable import PithLower

@Suite struct ArenaPlannerTests {
  /// Blocks of random sizes and lifetimes over `steps` instructions.
  private func blocks(seed: Int) -> [ArenaBlock] {
    var random = SeededRandom(seed: seed)
    let steps = Int.random(in: 1...20, using: &random)
    return (0..<Int.random(in: 0...30, using: &random)).map { _ in
      let first = Int.random(in: 0..<steps, using: &random)
      let last = Int.random(in: first..<steps, using: &random)
      return ArenaBlock(bytes: Int.random(in: 1...2000, using: &random), lifetime: first...last)
    }
  }

  @Test func liveBlocksNeverOverlap() {
    for seed in 0..<500 {
      let blocks = blocks(seed: seed)
      let plan = ArenaPlanner.plan(blocks, alignment: 64)
      #expect(plan.offsets.count == blocks.count)
      for (index, block) in blocks.enumerated() {
        #expect(plan.offsets[index] % 64 == 0 && plan.offsets[index] >= 0)
        #expect(plan.offsets[index] + block.bytes <= plan.bytes)
        for other in blocks.indices where other != index {
          guard blocks[other].lifetime.overlaps(block.lifetime) else { continue }
          let areApart =
            plan.offsets[index] + block.bytes <= plan.offsets[other]
            || plan.offsets[other] + blocks[other].bytes <= plan.offsets[index]
          #expect(areApart, "seed \(seed): blocks \(index) and \(other)")
        }
      }
    }
  }

  @Test func memoryIsReused() {
    for seed in 0..<500 {
      let blocks = blocks(seed: seed)
      let bytes = ArenaPlanner.plan(blocks, alignment: 64).bytes
      let last = blocks.map(\.lifetime.upperBound).max() ?? 0
      let most =
        (0...last).map { step in
          blocks.filter { $0.lifetime.contains(step) }.reduce(0) { $0 + $1.bytes }
        }.max() ?? 0
      #expect(bytes >= most)
      #expect(bytes <= blocks.reduce(0) { $0 + $1.bytes.roundedUp(to: 64) })
    }
    // A chain needs two neighbours at a time, and the largest pair is all that it takes.
    let chain = [100, 64, 640, 128, 64].enumerated().map {
      ArenaBlock(bytes: $1, lifetime: $0...$0 + 1)
    }
    #expect(ArenaPlanner.plan(chain, alignment: 64).bytes == 768)
  }

  @Test func anOutputTakesOverOnlyMemoryThatDies() {
    let parameters = QuantizationParameters(scale: 1, zeroPoint: 0)
    let layout = Layout.channelsFirst([1, 8, 4, 4])
    /// Three lookups in a row, and where asked one more reader of the first value at the end.
    func offsets(readsFirstAtEnd: Bool) -> [UInt64] {
      var builder = ProgramBuilder()
      let values = (0..<4).map { _ in builder.addBytes(layout, parameters, name: "") }
      for index in 0..<3 {
        builder.emit(
          PITH_OP_LOOKUP, inputs: [values[index]], output: values[index + 1], inPlace: 0)
      }
      if readsFirstAtEnd {
        let sum = builder.addBytes(layout, parameters, name: "")
        builder.emit(PITH_OP_ADD, inputs: [values[3], values[0]], output: sum, inPlace: 0)
      }
      _ = builder.planArena(keepsIntermediates: false)
      return builder.tensors.map(\.offset)
    }
    let all = offsets(readsFirstAtEnd: false)
    #expect(Set(all).count == 1)
    let kept = offsets(readsFirstAtEnd: true)
    #expect(kept[0] != kept[1] && kept[1] == kept[2] && kept[2] == kept[3] && kept[3] == kept[4])
  }

  @Test func aViewKeepsTheMemoryThatItShowsAlive() {
    let parameters = QuantizationParameters(scale: 1, zeroPoint: 0)
    var builder = ProgramBuilder()
    let first = builder.addBytes(.channelsFirst([1, 8, 2, 2]), parameters, name: "")
    let second = builder.addBytes(.channelsFirst([1, 8, 2, 2]), parameters, name: "")
    let view = builder.addView(of: first, dims: [1, 1, 1, 32], pixelStride: 32)
    let third = builder.addBytes(.dense(32), parameters, name: "")
    builder.emit(PITH_OP_LOOKUP, inputs: [first], output: second, inPlace: 0)
    builder.emit(PITH_OP_ADD, inputs: [view, view], output: third, inPlace: 0)
    _ = builder.planArena(keepsIntermediates: false)
    let offsets = builder.tensors.map(\.offset)
    #expect(offsets[first.index] == offsets[view.index])
    #expect(offsets[second.index] != offsets[first.index])
    #expect(offsets[third.index] == offsets[view.index])
  }

  @Test func nothingIsReusedWhereIntermediatesAreKept() {
    let parameters = QuantizationParameters(scale: 1, zeroPoint: 0)
    var builder = ProgramBuilder()
    let values = (0..<6).map { _ in builder.addBytes(.dense(100), parameters, name: "") }
    for index in 0..<5 {
      builder.emit(PITH_OP_LOOKUP, inputs: [values[index]], output: values[index + 1], inPlace: 0)
    }
    _ = builder.planArena(keepsIntermediates: true)
    #expect(Set(builder.tensors.map(\.offset)).count == 6)
  }
}
