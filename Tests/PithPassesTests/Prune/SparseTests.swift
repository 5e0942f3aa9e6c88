import PithGraph
import PithTestSupport
import Testing

@testable import PithPasses

@Suite("Prune: sparse masks")
struct SparseTests {
  private func masks(
    _ graph: Graph, _ pattern: SparsityPattern, _ sparsity: Double, _ scope: SparsityScope = .layer
  ) throws -> [ValueID: [Bool]] {
    try SparsePlan(graph, pattern: pattern).masks(sparsity: sparsity, scope: scope) { graph[$0].constant }
  }

  private func mask(_ graph: Graph, _ pattern: SparsityPattern, _ sparsity: Double, of name: String) throws
    -> [Bool]
  {
    let node = try #require(graph.nodes.first { $0.name == name })
    let id = try #require(node.inputs[1])
    return try #require(masks(graph, pattern, sparsity)[id])
  }

  @Test func unstructuredTakesTheSmallest() throws {
    let graph = try prunableNetwork()
    let kept = try mask(graph, .unstructured, 0.75, of: "d")
    #expect(kept.count { $0 } == 24 * 16 * 9 / 4)
    let node = try #require(graph.nodes.first { $0.name == "d" })
    let weights = try #require(graph.constant(node, 1)?.floats)
    let least = zip(weights, kept).filter { $0.1 }.map { abs($0.0) }.min() ?? 0
    #expect(zip(weights, kept).allSatisfy { $0.1 || abs($0.0) <= least })
  }

  @Test func twoOfFourAlongInputChannels() throws {
    let graph = try prunableNetwork()
    let kept = try mask(graph, .twoOfFour, 1, of: "d")
    for output in 0..<24 {
      for tap in 0..<9 {
        for first in stride(from: 0, to: 16, by: 4) {
          #expect((first..<first + 4).count { kept[(output * 16 + $0) * 9 + tap] } == 2)
        }
      }
    }
  }

  @Test func blocksOfAConvolution() throws {
    let graph = try prunableNetwork()
    let kept = try mask(graph, .block, 0.5, of: "d")
    var zeroBlocks = 0
    for (first, last) in [(0, 16), (16, 24)] {
      for tap in 0..<9 {
        for word in 0..<4 {
          let block = (first..<last).flatMap { output in
            (word * 4..<word * 4 + 4).map { kept[(output * 16 + $0) * 9 + tap] }
          }
          #expect(Set(block).count == 1)
          if !block[0] { zeroBlocks += 1 }
        }
      }
    }
    #expect(zeroBlocks == 36)
  }

  @Test func whatHasNoBlocksIsSkipped() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3, 4, 4])
    let a = b.conv(x, weights: [16, 3, 1, 1], name: "first")
    let d = b.conv(a, weights: [16, 1, 3, 3], Conv(padding: .sameUpper, groups: 16), name: "depthwise")
    let g = b.conv(d, weights: [12, 4, 1, 1], Conv(groups: 4), name: "groups")
    let graph = try b.build(
      b.add(Gemm(transposesB: true), b.add(Flatten(), g), b.constant([10, 192]), name: "dense"))
    let plan = try SparsePlan(graph, pattern: .block)
    #expect(plan.layers.map(\.name) == ["dense"])
    #expect(
      plan.skipped.map(\.reason) == [
        "its 3 input channels are fewer than a block's 4", "a depthwise convolution reads one channel only",
        "its groups of 4 inputs and 3 outputs are not whole blocks",
      ])
    #expect(try SparsePlan(graph, pattern: .unstructured).layers.count == 4)
  }

  @Test func aFlattenedMapIsReadPixelByPixel() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3, 2, 2])
    let a = b.add(Relu(), b.conv(x, weights: [6, 3, 1, 1]))
    let graph = try b.build(
      b.add(Gemm(transposesB: true), b.add(Flatten(), a), b.constant([4, 24]), name: "dense"))
    let typed = try graph.specialized(batch: 1)
    let order = ReductionOrder.make(typed.nodes[3], in: typed).order
    #expect(order?.offsets.prefix(8) == [0, 4, 8, 12, 16, 20, -1, -1])
    #expect(order?.offsets.count == 32)
  }

  @Test func growingMasksAreNested() throws {
    var graph = try prunableNetwork()
    for pattern in [SparsityPattern.unstructured, .block] {
      var before: [ValueID: [Bool]] = [:]
      for sparsity in [0.2, 0.5, 0.8] {
        let now = try masks(graph, pattern, sparsity, .global)
        for (id, mask) in now {
          if let old = before[id] { #expect(zip(old, mask).allSatisfy { $0 || !$1 }) }
          graph.update(id) { value in
            value.constant?.withMutableFloats { floats in
              for index in floats.indices where !mask[index] { floats[index] = 0 }
            }
          }
        }
        before = now
        let (zeros, all) = now.values.reduce((0, 0)) { ($0.0 + $1.count { !$0 }, $0.1 + $1.count) }
        #expect(abs(Double(zeros) / Double(all) - sparsity) < 0.02)
      }
    }
  }

  @Test func weightsOfDarkInputsMatterLess() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 8])
    let w = b.constant(Tensor(shape: [2, 8], floats: (0..<16).map { Float($0 % 8 + 1) }))
    let graph = try b.build(b.add(Gemm(transposesB: true), x, w, name: "dense"))
    let plan = try SparsePlan(graph, pattern: .unstructured)
    var inputs = try InputMagnitudes(plan, of: graph)
    // The largest weights multiply what is never there.
    try inputs.add([Tensor(shape: [2, 8], floats: [1, 1, 1, 1, 1, 1, 0, 0, -1, 2, 1, 1, 1, 1, 0, 0])])
    let id = try #require(graph.nodes[0].inputs[1])
    let masks = try plan.masks(
      sparsity: 0.25, weights: { id in graph[id].constant.map { inputs.scaled($0, of: id) } })
    #expect(masks[id] == (0..<16).map { $0 % 8 < 6 })
    let weights = try #require(graph[id].constant)
    let scaled = try #require(inputs.scaled(weights, of: id).floats)
    #expect(scaled.allSatisfy { $0 > 0 }, "only zeros are zero, so that masks are nested")
    #expect(abs(scaled[1] / scaled[0] - 2 * Float(2.5).squareRoot()) < 1e-4)
  }

  @Test func inputsOfGroupsAreTheirs() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 8, 2, 2])
    let w = b.constant(Tensor(shape: [4, 4, 1, 1], floats: Array(repeating: 1, count: 16)))
    let graph = try b.build(b.add(Conv(groups: 2), x, w, name: "groups"))
    let plan = try SparsePlan(graph, pattern: .unstructured)
    var inputs = try InputMagnitudes(plan, of: graph)
    let maps = (0..<32).map { Float($0 / 4 + 1) }
    try inputs.add([Tensor(shape: [1, 8, 2, 2], floats: maps)])
    let id = try #require(graph.nodes[0].inputs[1])
    let weights = try #require(graph[id].constant)
    let scaled = try #require(inputs.scaled(weights, of: id).floats)
    let expected: [Float] = [1, 2, 3, 4, 1, 2, 3, 4, 5, 6, 7, 8, 5, 6, 7, 8]
    for (value, channel) in zip(scaled, expected) { #expect(abs(value / scaled[0] - channel) < 1e-5) }
  }

  /// What other runtimes read is the file: behind a flattened map, too, every four stored neighbours have two zeros.
  @Test func twoOfFourIsInTheFilesOrder() throws {
    var b = GraphBuilder(seed: 5)
    let map = b.conv(b.input(["N", 4, 6, 6]), weights: [8, 4, 3, 3], name: "conv")
    let weights = b.constant([5, 128])
    let y = b.add(Gemm(transposesB: true), b.add(Flatten(), map), weights, b.constant([5]), name: "head")
    let graph = try b.build(y)
    let plan = try SparsePlan(graph, pattern: .twoOfFour)
    let masks = try plan.masks(sparsity: 1) { graph[$0].constant }
    let mask = try #require(masks[weights])
    for start in stride(from: 0, to: mask.count, by: 4) {
      #expect(mask[start..<start + 4].count(where: { $0 }) == 2)
    }
  }
}
