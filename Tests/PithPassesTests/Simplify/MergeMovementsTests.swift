import PithGraph
import PithTestSupport
import Testing

@testable import PithPasses

@Suite("Simplify: chains that only move elements")
struct MergeMovementsTests {
  private let rules: [any RewriteRule] = [RemoveDeadNodes(), MergeMovements()]

  private func index(_ b: inout GraphBuilder, _ value: Int) -> ValueID {
    b.constant(Tensor(shape: [], storage: .int64([Int64(value)])))
  }

  @Test func theHeadsOfAnAttentionAreACutAReshapeAndATranspose() throws {
    var b = GraphBuilder()
    // As PyTorch writes nn.MultiheadAttention of 2 heads: [steps, batch, 3 · 8] to [batch, heads, steps, 4] each.
    let x = b.input([5, "N", 24])
    let parts = b.add(
      Transpose(permutation: [3, 1, 2, 0, 4]), b.add(Reshape(), x, b.ints([1, 5, -1, 3, 8])))
    let squeezed = b.add(Squeeze(), parts, b.ints([3]))
    var outputs: [ValueID] = []
    for part in 0..<3 {
      let picked = b.add(Gather(axis: 0), squeezed, index(&b, part))
      let heads = b.add(Transpose(permutation: [1, 0, 2]), b.add(Reshape(), picked, b.ints([5, -1, 4])))
      let one = b.add(Reshape(), heads, b.ints([-1, 2, 5, 4]))
      outputs.append(part == 1 ? b.add(Transpose(permutation: [0, 1, 3, 2]), one) : one)
    }
    let graph = try simplified(b.build(outputs[0], outputs[1], outputs[2]), by: rules)
    #expect(graph.operators.count == 9)
    #expect(graph.operators.filter { $0 == "Slice" }.count == 3)
    #expect(graph.operators.filter { $0 == "Transpose" }.count == 3)
  }

  @Test func theLastStepOfATransposedSequenceIsASlice() throws {
    var b = GraphBuilder()
    let x = b.input([6, 1, "N", 4])
    let sequence = b.add(Transpose(permutation: [1, 0, 2]), b.add(Squeeze(), x, b.ints([1])))
    let graph = try simplified(b.build(b.add(Gather(axis: 1), sequence, index(&b, -1))), by: rules)
    #expect(graph.operators == ["Slice", "Reshape"])
  }

  @Test func stepsThatUndoEachOtherVanish() throws {
    var b = GraphBuilder()
    let x = b.add(Sigmoid(), b.input(["N", 6, 4]))
    let there = b.add(Transpose(permutation: [0, 2, 1]), x)
    let split = b.add(Reshape(), there, b.ints([0, 2, 2, 6]))
    let back = b.add(Transpose(permutation: [0, 3, 1, 2]), split)
    let graph = try simplified(b.build(b.add(Reshape(), back, b.ints([0, 6, 4]))), by: rules)
    #expect(graph.operators == ["Sigmoid"])
  }

  @Test func everyOtherElementIsASliceWithAStep() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 8])
    let pairs = b.add(Transpose(permutation: [2, 0, 1]), b.add(Reshape(), x, b.ints([-1, 4, 2])))
    let graph = try simplified(b.build(b.add(Gather(axis: 0), pairs, index(&b, 1))), by: rules)
    #expect(graph.operators == ["Slice"])
  }

  @Test func whatCostsNoLessStays() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 4, 3, 3])
    // A shuffle of channels.
    let parts = b.add(Transpose(permutation: [0, 2, 1, 3, 4]), b.add(Reshape(), x, b.ints([0, 2, 2, 3, 3])))
    try expectUntouched(b.build(b.add(Reshape(), parts, b.ints([0, 4, 3, 3]))), by: MergeMovements())
    // A reshape across axes that the order took apart.
    let turned = b.add(Transpose(permutation: [0, 2, 3, 1]), x)
    try expectUntouched(b.build(b.add(Reshape(), turned, b.ints([0, 6, 6]))), by: MergeMovements())
    // A cut that is no part of an axis, and picks that depend on data.
    let cut = b.add(Slice(), turned, b.ints([1]), b.ints([3]), b.ints([3]))
    try expectUntouched(b.build(b.add(Transpose(permutation: [0, 3, 1, 2]), cut)), by: MergeMovements())
    let picks = b.input([], "picks", .int32)
    try expectUntouched(b.build(b.add(Gather(axis: 1), x, picks)), by: MergeMovements())
  }

  @Test func valuesInTheMiddleStay() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 6, 4])
    let turned = b.add(Transpose(permutation: [0, 2, 1]), x)
    let split = b.add(Reshape(), turned, b.ints([0, 2, 2, 6]))
    let back = b.add(Transpose(permutation: [0, 3, 1, 2]), split)
    _ = try simplified(b.build(back, turned), by: rules)
  }

  @Test(arguments: 0..<60)
  func randomChainsKeepTheirValues(seed: Int) throws {
    var b = GraphBuilder(seed: seed)
    var random = SeededRandom(seed: seed)
    var sizes = [2, 12, 6]
    var value = b.input([2, 12, 6])
    for _ in 0..<7 {
      switch random.ints(1, in: 0...3)[0] {
      case 0:
        let order = sizes.indices.map { ($0, random.ints(1, in: 0...99)[0]) }.sorted { $0.1 < $1.1 }.map(\.0)
        value = b.add(Transpose(permutation: order), value)
        sizes = order.map { sizes[$0] }
      case 1:
        let whole = sizes.reduce(1, *)
        let first = [1, 2, 3, 4, 6].filter { whole.isMultiple(of: $0) }.randomElement(using: &random) ?? 1
        let rest = whole / first
        let second = [1, 2, 3, 4].filter { rest.isMultiple(of: $0) }.randomElement(using: &random) ?? 1
        sizes = [first, second, rest / second]
        value = b.add(Reshape(), value, b.ints(sizes))
      case 2 where sizes.count > 1:
        let axis = random.ints(1, in: 0...(sizes.count - 1))[0]
        value = b.add(Gather(axis: axis), value, index(&b, random.ints(1, in: 0...(sizes[axis] - 1))[0]))
        sizes.remove(at: axis)
      default:
        let axis = random.ints(1, in: 0...(sizes.count - 1))[0]
        guard sizes[axis].isMultiple(of: 2) else { continue }
        let half = sizes[axis] / 2
        let start = random.ints(1, in: 0...1)[0] * half
        value = b.add(Slice(), value, b.ints([start]), b.ints([start + half]), b.ints([axis]))
        sizes[axis] = half
      }
    }
    _ = try simplified(b.build(b.add(Sigmoid(), value)), by: rules)
    _ = try simplified(b.build(b.add(Sigmoid(), value)))
  }
}
