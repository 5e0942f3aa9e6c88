import PithGraph
import PithTestSupport
import Testing

@testable import PithLower
@testable import PithPasses

/// Blocks that pruning takes are blocks that lowering finds empty.
@Suite struct SparseMaskTests {
  /// Convolutions plain and grouped, and dense layers over a flattened map, over its means, and over pixels.
  private func network() throws -> Graph {
    var b = SmallNetwork(seed: 5)
    let x = b.input([1, 8, 6, 6])
    let op = Conv(padding: .explicit(begin: [1, 1], end: [1, 1]), activation: .relu)
    let a = b.add(op, x, b.constant([40, 8, 3, 3]), b.constant([40]))
    var grouped = op
    grouped.groups = 2
    let c = b.add(grouped, a, b.constant([48, 20, 3, 3]), b.constant([48]))
    let odd = b.add(op, c, b.constant([18, 48, 3, 3]), b.constant([18]))
    let flat = b.add(Flatten(), odd)
    let dense = b.add(
      Gemm(transposesB: true, activation: .relu), flat, b.constant([24, 648]), b.constant([24]))
    let output = b.add(Gemm(), dense, b.constant([24, 20]), b.constant([20]))
    return try b.built(output)
  }

  /// Sparse enough that every layer is stored without its empty blocks.
  @Test(arguments: [0.6, 0.75])
  func blocksAreTheRuntimes(sparsity: Double) throws {
    var graph = try network()
    let plan = try SparsePlan(graph, pattern: .block)
    #expect(plan.layers.count == 5 && plan.skipped.isEmpty)
    let masks = try plan.masks(sparsity: sparsity, weights: { graph[$0].constant })
    for (id, mask) in masks {
      graph.update(id) { value in
        value.constant?.withMutableFloats { floats in
          for index in floats.indices where !mask[index] { floats[index] = 0 }
        }
      }
    }
    var random = SeededRandom(seed: 2)
    let samples = (0..<4).map { _ in [random.tensor([1, 8, 6, 6])] }
    let model = try graph.quantized(on: samples)
    let program = try Lowering.lower(model)
    for node in graph.nodes where node.inputs.count > 1 {
      let blocks = try #require(program.weightBlocks[node.id], "\(node.label)")
      let share = 1 - Double(blocks.kept) / Double(blocks.total)
      #expect(abs(share - sparsity) < 0.02, "\(node.label): \(blocks)")
    }
  }
}
