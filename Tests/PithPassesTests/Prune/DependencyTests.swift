import PithGraph
import Testing

@testable import PithPasses

@Suite("Prune: dependencies")
struct DependencyTests {
  /// Layers' names, atoms and channels an atom, a group each.
  private func groups(_ graph: Graph) throws -> [String] {
    try DependencyGraph(graph).groups.map {
      "\($0.layers.joined(separator: "+")): \($0.atoms.count)×\($0.channelsPerAtom ?? 0)"
    }
  }

  private func reasons(_ graph: Graph) throws -> [String] {
    try DependencyGraph(graph).unprunable.map { "\($0.layers.joined(separator: "+")): \($0.obstacle)" }
  }

  /// Ends a network in a dense layer, so that its last map is no output.
  private func ending(_ b: inout GraphBuilder, _ x: ValueID, _ width: Int) throws -> Graph {
    let y = b.add(Gemm(transposesB: true), b.add(Flatten(), x), b.constant([3, width]), name: "head")
    return try b.build(y)
  }

  @Test func chain() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 4, 4])
    let a = b.add(Relu(), b.batchNorm(b.conv(x, weights: [6, 2, 1, 1], name: "a"), channels: 6))
    let c = b.conv(a, weights: [5, 6, 1, 1], name: "c")
    let graph = try ending(&b, c, 80)
    #expect(try groups(graph) == ["a: 6×1", "c: 5×1"])
    #expect(try reasons(graph) == ["head: 'head.y' is an output of the model"])

    // What goes with channel 0 of each.
    let dependencies = try DependencyGraph(graph)
    let first = dependencies.slices(of: 0)
    #expect(first.map(\.role) == [.output, .bias, .scale, .shift, .statistic, .statistic, .input])
    #expect(first.allSatisfy { $0.indices == [0] })
    let flattened = try #require(dependencies.slices(of: dependencies.groups[1].atoms.first ?? 0).last)
    #expect(flattened.role == .input && flattened.indices == Array(0..<16))
  }

  @Test func residual() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 4, 4])
    let a = b.conv(x, weights: [4, 2, 1, 1], name: "a")
    let c = b.conv(b.conv(a, weights: [6, 4, 1, 1], name: "b"), weights: [4, 6, 1, 1], name: "c")
    let graph = try ending(&b, b.add(Add(), a, c), 64)
    #expect(try groups(graph) == ["a+c: 4×1", "b: 6×1"])
  }

  @Test func concatenationKeepsItsParts() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 4, 4])
    let a = b.conv(x, weights: [4, 2, 1, 1], name: "a")
    let c = b.conv(x, weights: [3, 2, 1, 1], name: "c")
    let graph = try ending(&b, b.add(Concat(axis: 1), a, c), 112)
    #expect(try groups(graph) == ["a: 4×1", "c: 3×1"])
  }

  @Test func sumOfHalvesCouplesThem() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 4, 4])
    let a = b.conv(x, weights: [8, 2, 1, 1], name: "a")
    let low = b.add(Slice(), a, b.ints([0]), b.ints([4]), b.ints([1]))
    let high = b.add(Slice(), a, b.ints([4]), b.ints([8]), b.ints([1]))
    let graph = try ending(&b, b.add(Add(), low, high), 64)
    #expect(try groups(graph) == ["a: 4×2"])
  }

  @Test func groupsStayEquallyLarge() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 4, 4])
    let a = b.conv(x, weights: [8, 2, 1, 1], name: "a")
    let c = b.conv(a, weights: [6, 4, 1, 1], Conv(groups: 2), name: "c")
    let graph = try ending(&b, c, 96)
    #expect(try groups(graph) == ["a: 4×2", "c: 3×2"])
    let dependencies = try DependencyGraph(graph)
    let pruned = try dependencies.removing([0, dependencies.groups[1].atoms.first ?? 0])
    #expect(pruned.first(Conv.self)?.groups == 1)
    #expect(pruned.nodes.compactMap { ($0.op as? Conv)?.groups } == [1, 2])
    #expect(pruned.constant(pruned.nodes[1], 1)?.shape == [4, 3, 1, 1])
  }

  @Test func depthwiseGoesWithItsInput() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 4, 4])
    let a = b.conv(x, weights: [4, 2, 1, 1], name: "a")
    let d = b.conv(a, weights: [8, 1, 3, 3], Conv(padding: .sameUpper, groups: 4), name: "d")
    let graph = try ending(&b, d, 128)
    #expect(try groups(graph) == ["a+d: 4×1"])
    let pruned = try DependencyGraph(graph).removing([1, 2])
    #expect(pruned.nodes.compactMap { ($0.op as? Conv)?.groups } == [1, 2])
    #expect(pruned.constant(pruned.nodes[1], 1)?.shape == [4, 1, 3, 3])
    #expect(pruned.constant(pruned.nodes[3], 1)?.shape == [3, 64])
  }

  @Test func shuffleCouplesPositions() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 4, 4])
    let a = b.conv(x, weights: [8, 2, 1, 1], name: "a")
    let parts = b.add(Reshape(), a, b.ints([0, 2, 4, 4, 4]))
    let turned = b.add(Transpose(permutation: [0, 2, 1, 3, 4]), parts)
    let graph = try ending(&b, b.add(Reshape(), turned, b.ints([0, 8, 4, 4])), 128)
    #expect(try groups(graph) == ["a: 4×2"])
    let pruned = try DependencyGraph(graph).removing([0])
    #expect(pruned.constant(pruned.nodes[1], 1)?.integers == [0, 2, 3, 4, 4])
    #expect(pruned.constant(pruned.nodes[3], 1)?.integers == [0, 6, 4, 4])
  }

  @Test func gateIsCoupledToWhatItScales() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 4, 4])
    let a = b.conv(x, weights: [8, 2, 1, 1], name: "a")
    let hidden = b.conv(b.add(GlobalAveragePool(), a), weights: [4, 8, 1, 1], name: "squeeze")
    let gate = b.add(Sigmoid(), b.conv(hidden, weights: [8, 4, 1, 1], name: "excite"))
    let graph = try ending(&b, b.add(Mul(), a, gate), 128)
    #expect(try groups(graph) == ["a+excite: 8×1", "squeeze: 4×1"])
  }

  @Test func sharedWeightsCoupleTheirReaders() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 4, 4])
    let a = b.conv(x, weights: [4, 2, 1, 1], name: "a")
    let w = b.constant([4, 4, 1, 1])
    let c = b.add(Conv(), b.add(Conv(), a, w, name: "c1"), w, name: "c2")
    #expect(try groups(try ending(&b, c, 64)) == ["a+c1+c2: 4×1"])
  }

  @Test func obstaclesAreNamed() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 4, 4])
    let a = b.conv(x, weights: [4, 2, 1, 1], name: "a")
    let soft = b.add(Softmax(axis: 1), a, name: "soft")
    let c = b.conv(soft, weights: [5, 4, 1, 1], name: "c")
    let padded = b.add(Pad(), c, b.ints([0, 1, 0, 0, 0, 0, 0, 0]), name: "pad")
    let d = b.conv(padded, weights: [2, 6, 1, 1], name: "d")
    let mean = b.add(ReduceMean(), d, b.ints([1]), name: "mean")
    let graph = try ending(&b, mean, 16)
    #expect(try groups(graph) == [])
    #expect(
      try Set(reasons(graph)) == [
        "head: 'head.y' is an output of the model",
        "a: 'soft': every output of a softmax depends on all channels", "c: 'pad': it pads the channels",
        "d: 'mean': it takes the mean over all channels",
      ])
  }

  @Test func sizesUsedAsNumbersAreAnObstacle() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 4, 4])
    let a = b.conv(x, weights: [4, 2, 1, 1], name: "a")
    let size = b.add(
      Cast(to: .float32), b.add(Gather(), b.add(ShapeOf(), a, name: "size"), b.ints([1])), name: "cast")
    let graph = try ending(&b, b.add(Div(), a, size), 64)
    #expect(try reasons(graph).contains("a: 'cast': it computes with the size of 'size's operand"))
  }

  @Test func aGroupKeepsItsLastAtom() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 4, 4])
    let graph = try ending(&b, b.conv(x, weights: [4, 2, 1, 1], name: "a"), 64)
    let dependencies = try DependencyGraph(graph)
    #expect(throws: GraphError.self) { try dependencies.removing([0, 1, 2, 3]) }
    #expect(throws: GraphError.self) { try dependencies.removing([17]) }
    #expect(try dependencies.removing([0, 1, 2]).parameterCount == 2 + 1 + 3 * 16)
  }

  @Test func squeezeDropsNoChannels() throws {
    var b = GraphBuilder()
    let x = b.input([2, 2, 4, 4])
    let a = b.add(GlobalAveragePool(), b.conv(x, weights: [2, 2, 1, 1], name: "a"))
    let y = b.add(MatMul(), b.add(Squeeze(), a), b.constant([2, 3]), name: "head")
    let pruned = try DependencyGraph(try b.build(y)).removing([1])
    #expect(pruned.nodes[2].inputs.count == 2, "the axes are named, now that there are more of one")
    #expect(pruned.constant(pruned.nodes[3], 1)?.shape == [1, 3])
  }
}

@Suite("Prune: reshape segments")
struct ReshapeSegmentTests {
  @Test(arguments: [
    ([2, 3, 4], [2, 12], "0..<1=0..<1 1..<3=1..<2"), ([8, 5], [2, 4, 5], "0..<1=0..<2 1..<2=2..<3"),
    ([2, 6], [3, 4], "0..<2=0..<2"), ([6], [1, 6], "0..<1=0..<2"), ([6, 1], [6], "0..<1=0..<1 1..<2=1..<1"),
  ])
  func finest(_ from: [Int], _ to: [Int], _ expected: String) {
    let segments = ReshapeSegment.segments(Shape(from).dimensions, Shape(to).dimensions)
    #expect(segments?.map { "\($0.input)=\($0.output)" }.joined(separator: " ") == expected)
  }

  @Test func namesCancelWhereTheyStandAlone() {
    #expect(ReshapeSegment.segments(["N", 4], ["N", 2, 2]) != nil)
    #expect(ReshapeSegment.segments(["N", 4], [4, "N"]) == nil)
  }
}
