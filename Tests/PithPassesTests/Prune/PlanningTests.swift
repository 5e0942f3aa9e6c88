import PithGraph
import PithTestSupport
import Testing

@testable import PithPasses

/// A residual block and a plain one, with batch norm, as the planner sees networks.
func prunableNetwork(seed: Int = 3) throws -> Graph {
  var b = GraphBuilder(seed: seed)
  let x = b.input(["N", 3, 8, 8])
  let a = b.add(
    Relu(),
    b.batchNorm(b.conv(x, weights: [16, 3, 3, 3], Conv(padding: .sameUpper), name: "a"), channels: 16))
  let c = b.add(
    Relu(),
    b.batchNorm(b.conv(a, weights: [32, 16, 3, 3], Conv(padding: .sameUpper), name: "b"), channels: 32))
  let d = b.batchNorm(b.conv(c, weights: [16, 32, 1, 1], name: "c"), channels: 16)
  let e = b.add(
    Relu(), b.batchNorm(b.conv(b.add(Add(), a, d), weights: [24, 16, 3, 3], name: "d"), channels: 24))
  let y = b.add(
    Gemm(transposesB: true), b.add(Flatten(), b.add(GlobalAveragePool(), e)), b.constant([5, 24]),
    b.constant([5]), name: "head")
  return try b.build(y)
}

@Suite("Prune: planning")
struct PlanningTests {
  private func planner(_ limits: PruningLimits = PruningLimits(), _ method: ImportanceMethod = .l1) throws
    -> PruningPlanner
  {
    let dependencies = try DependencyGraph(prunableNetwork())
    return PruningPlanner(
      dependencies, importance: try ChannelImportance(dependencies, method: method), limits: limits)
  }

  private func channels(_ graph: Graph) -> [Int] {
    graph.nodes.compactMap { $0.op is Conv ? graph.constant($0, 1)?.shape[0] : nil }
  }

  @Test func costIsThatOfTheGraph() throws {
    let planner = try planner()
    for ratio in [0.0, 0.3, 0.8] {
      let removed = planner.uniform(ratio)
      let graph = try planner.dependencies.removing(removed)
      let cost = planner.cost.cost(removing: removed)
      let typed = try graph.specialized(batch: 1)
      let expected = typed.nodes.reduce(0) { $0 + Graph.multiplyAdds(of: $1) { typed[$0].type?.shape.sizes } }
      #expect(cost.multiplyAdds == expected)
      #expect(cost.parameters == graph.parameterCount)
      #expect(cost.bytes == 4 * graph.parameterCount)
    }
    // 8·8·16·27 + 8·8·32·144 + 8·8·16·32 + 6·6·24·144 + 5·24.
    #expect(planner.cost.cost(removing: []).multiplyAdds == 27648 + 294912 + 32768 + 124416 + 120)
  }

  @Test func uniformTakesTheSameShare() throws {
    #expect(channels(try planner().dependencies.removing(planner().uniform(0.5))) == [8, 16, 8, 12])
    let rounded = try planner(PruningLimits(roundTo: 8))
    #expect(channels(try rounded.dependencies.removing(rounded.uniform(0.5))) == [8, 16, 8, 16])
    #expect(channels(try rounded.dependencies.removing(rounded.uniform(1))) == [8, 8, 8, 8])
    #expect(try planner(PruningLimits(largestRatio: 0.75)).uniform(1).count == 12 + 24 + 18)
  }

  @Test(arguments: RatioPolicy.allCases.filter { $0 != .sensitivity }, [0.2, 0.5, 0.9])
  func budgetsAreMetClosely(policy: RatioPolicy, share: Double) throws {
    let planner = try planner()
    let family = policy == .uniform ? planner.uniformFamily : planner.globalFamily
    let whole = planner.cost.cost(removing: [])
    let limit = Int(Double(whole.multiplyAdds) * share)
    let byWork = try planner.removal(family, meeting: .multiplyAdds(limit))
    let work = planner.cost.cost(removing: byWork).multiplyAdds
    #expect(work <= limit && Double(work) > Double(limit) * 0.85)
    let bytes = Int(Double(whole.bytes) * share)
    let bySize = try planner.removal(family, meeting: .bytes(bytes))
    #expect(planner.cost.cost(removing: bySize).bytes <= bytes)
    let byShare = try planner.removal(family, meeting: .sparsity(1 - share))
    #expect(Double(byShare.count) / 72 >= 1 - share - 1e-9 && Double(byShare.count) / 72 < 1 - share + 0.1)
  }

  /// Rounding takes whole units; one that would fit again comes back.
  @Test(arguments: RatioPolicy.allCases.filter { $0 != .sensitivity }, [0.3, 0.45, 0.6, 0.8])
  func roundingTakesNoMoreThanItMust(policy: RatioPolicy, share: Double) throws {
    let planner = try planner(PruningLimits(roundTo: 8))
    let family = policy == .uniform ? planner.uniformFamily : planner.globalFamily
    let limit = Int(Double(planner.cost.cost(removing: []).multiplyAdds) * share)
    let removed = try planner.removal(family, meeting: .multiplyAdds(limit))
    #expect(planner.cost.cost(removing: removed).multiplyAdds <= limit)
    #expect(channels(try planner.dependencies.removing(removed)).allSatisfy { $0 % 8 == 0 })
    for group in planner.dependencies.groups {
      let gone = group.atoms.filter(removed.contains)
      guard gone.count >= 8 else { continue }
      let without = planner.cost.cost(removing: removed.subtracting(gone.prefix(8)))
      #expect(without.multiplyAdds > limit, "\(group.id)")
    }
  }

  @Test func latencyIsMeasured() throws {
    let planner = try planner()
    var measured = 0
    let removed = try planner.removal(planner.globalFamily, meeting: .latency(50)) { graph in
      measured += 1
      return Double(graph.parameterCount) / 100
    }
    #expect(Double(try planner.dependencies.removing(removed).parameterCount) / 100 <= 50)
    #expect(measured < 12)
  }

  @Test func whatCannotBeReachedIsSaid() throws {
    let planner = try planner(PruningLimits(largestRatio: 0.5))
    let error = #expect(throws: GraphError.self) {
      try planner.removal(planner.uniformFamily, meeting: .multiplyAdds(1000))
    }
    #expect(error?.message.contains("cannot be brought from 479864 to 1000") ?? false)
  }

  @Test func sensitivityPrunesWhatDoesNotMatter() throws {
    let planner = try planner()
    // The loss feels only the layer 'b'.
    let curves = try planner.sensitivities(points: 4) { graph in
      let b = graph.nodes.first { $0.name == "b" }
      return 1 / Double(b.flatMap { graph.constant($0, 1)?.shape[0] } ?? 1)
    }
    #expect(curves.count == 3 && curves.allSatisfy { $0.counts.count == 5 })
    let path = SensitivityPath.steps(curves, planner, saving: .multiplyAdds)
    let removed = try planner.removal(planner.family(along: path), meeting: .multiplyAdds(300_000))
    let left = channels(try planner.dependencies.removing(removed))
    #expect(left[1] == 32 && left[0] < 16)
  }

  @Test func laterRoundsGoOnWhereEarlierOnesEnded() throws {
    let first = try planner()
    let wholes = Dictionary(
      uniqueKeysWithValues: first.dependencies.groups.map { ($0.signature, $0.atoms.count) })
    let half = try first.dependencies.removing(first.uniform(0.25))
    let dependencies = try DependencyGraph(half)
    let second = PruningPlanner(
      dependencies, importance: try ChannelImportance(dependencies, method: .l2), wholes: wholes)
    #expect(channels(try dependencies.removing(second.uniform(0.5))) == [8, 16, 8, 12])
    let removed = try second.removal(second.globalFamily, meeting: .sparsity(0.5), wholeCount: 72)
    #expect(removed.count == 36 - 18)
  }

  @Test func groupsOfOneLayerAreKeptApart() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 4, 4])
    let a = b.conv(x, weights: [12, 2, 1, 1], name: "a")
    let parts = b.graph.add(Split(axis: 1, partCount: 2), [a], name: "split", outputs: ["low", "high"])
    let low = b.conv(parts[0], weights: [4, 6, 1, 1], name: "b")
    let high = b.conv(parts[1], weights: [4, 6, 1, 1], name: "c")
    let sum = b.add(Flatten(), b.add(Add(), low, high))
    let graph = try b.build(b.add(Gemm(transposesB: true), sum, b.constant([3, 64]), name: "head"))
    let dependencies = try DependencyGraph(graph)
    #expect(dependencies.groups.map(\.layers) == [["a"], ["a"], ["b", "c"]])
    let wholes = Dictionary(
      uniqueKeysWithValues: dependencies.groups.map { ($0.signature, $0.atoms.count) })
    let planner = PruningPlanner(
      dependencies, importance: try ChannelImportance(dependencies, method: .l1), wholes: wholes)
    let pruned = try dependencies.removing(planner.uniform(0.5))
    #expect(
      pruned.nodes.compactMap { $0.op is Conv ? pruned.constant($0, 1)?.shape : nil } == [
        [6, 2, 1, 1], [2, 3, 1, 1], [2, 3, 1, 1],
      ])
    #expect(try DependencyGraph(pruned).groups.map(\.signature) == dependencies.groups.map(\.signature))
  }

  @Test(arguments: [PruningSchedule.oneShot, .iterative(steps: 4), .gradual(steps: 4)])
  func schedulesEndWhereTheyShould(schedule: PruningSchedule) {
    let progress = (1...schedule.steps).map(schedule.progress(after:))
    #expect(progress.last == 1 && progress == progress.sorted())
    if case .gradual = schedule { #expect(progress == [0.578125, 0.875, 0.984375, 1]) }
  }
}

@Suite("Prune: importance")
struct ImportanceTests {
  /// One layer of two taps an output, read by one weight each.
  private func dependencies(_ filters: [[Float]], reading: [Float]) throws -> DependencyGraph {
    var b = GraphBuilder()
    let x = b.input(["N", 2])
    let w = b.constant(Tensor(shape: [filters.count, 2], floats: filters.flatMap(\.self)))
    let r = b.constant(Tensor(shape: [reading.count, 1], floats: reading))
    let hidden = b.add(Gemm(transposesB: true), x, w, name: "hidden")
    return try DependencyGraph(try b.build(b.add(MatMul(), b.add(Relu(), hidden), r, name: "head")))
  }

  private func order(_ scores: [Double]) -> [Int] { scores.indices.sorted { scores[$0] < scores[$1] } }

  @Test func norms() throws {
    let graph = try dependencies([[3, 4], [1, 0], [0, -6]], reading: [1, 1, 1])
    // Relative to the layer's mean, and averaged with that of the layer that reads.
    let l1 = try ChannelImportance(graph, method: .l1).scores
    let expected: [Double] = [1.25, 8.5 / 14, 16.0 / 14]
    for (score, value) in zip(l1, expected) { #expect(abs(score - value) < 1e-12) }
    let l2 = try ChannelImportance(graph, method: .l2).scores
    #expect(order(l2) == [1, 0, 2])
  }

  @Test func geometricMedian() throws {
    let graph = try dependencies([[0, 0], [10, 0], [0.1, 0], [-10, 0]], reading: [1, 1, 1, 1])
    let scores = try ChannelImportance(graph, method: .geometricMedian).scores
    #expect(Set(order(scores).prefix(2)) == [0, 2], "what lies in the middle is replaceable")
  }

  @Test func batchNormScale() throws {
    let dependencies = try DependencyGraph(prunableNetwork())
    let scores = try ChannelImportance(dependencies, method: .batchNormScale).scores
    let group = dependencies.groups[1]
    #expect(group.name == "b")
    let slices = dependencies.slices(of: group).map { $0.first { $0.role == .scale } }
    for (atom, slice) in zip(group.atoms, slices) {
      let slice = try #require(slice)
      let gamma = try #require(dependencies.graph[slice.constant].constant?.floats)[slice.indices[0]]
      #expect(abs(scores[atom] - Double(abs(gamma))) < 1e-6)
    }
    let plain = try self.dependencies([[1, 2], [2, 1]], reading: [1, 1])
    #expect(throws: GraphError.self) { try ChannelImportance(plain, method: .batchNormScale) }
  }

  @Test func taylorIsWhatTheLossLoses() throws {
    let graph = try dependencies([[1, 1], [1, 1], [1, 1]], reading: [2, -3, 0.5])
    var taylor = TaylorImportance(graph)
    #expect(taylor.parameters.count == 1)
    let id = taylor.parameters[0]
    for scale: Float in [1, 3] {
      try taylor.add(
        gradients: [id: Tensor(shape: [3, 1], floats: [scale, 1, 4])], weights: { graph.graph[$0].constant })
    }
    // (2·1)² and (2·3)², and so on.
    #expect(try taylor.importance().scores == [20, 9, 4])
  }
}
