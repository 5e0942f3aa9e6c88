import PithGraph
import PithTestSupport
import Testing

@testable import PithPasses

@Suite("Prune: random networks")
struct PruningPropertyTests {
  /// A random share of every group's atoms, at least one of which stays.
  private func randomAtoms(_ dependencies: DependencyGraph, seed: Int) -> Set<Int> {
    var random = SeededRandom(seed: seed)
    var result: Set<Int> = []
    for group in dependencies.groups {
      let ratio = random.unit()
      let count = Swift.min(group.atoms.count - 1, Int(ratio * Double(group.atoms.count) + 0.5))
      result.formUnion(group.atoms.shuffled(using: &random).prefix(count))
    }
    return result
  }

  @Test(arguments: 0..<20)
  func prunedEqualsMasked(batch: Int) throws {
    var pruned = 0
    for seed in batch * 50..<(batch + 1) * 50 {
      let graph = try RandomNetwork.make(seed: seed)
      let dependencies = try DependencyGraph(graph)
      let atoms = randomAtoms(dependencies, seed: seed + 1)
      let result: Graph
      do {
        result = try dependencies.removing(atoms)
      } catch {
        Issue.record("seed \(seed): \(error)")
        continue
      }
      try result.verify()
      try expectSameOutputs(dependencies.masking(atoms), result, seed: seed)
      if result.parameterCount < graph.parameterCount { pruned += 1 }
    }
    #expect(pruned >= 45, "\(pruned) of 50 networks have become smaller")
  }
}
