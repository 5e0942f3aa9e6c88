import PithGraph
import Testing

@testable import PithPasses

@Suite("Simplify: random graphs")
struct SimplifyPropertyTests {
  @Test(arguments: 0..<200)
  func outputsStay(seed: Int) throws {
    let graph = try RandomGraph.make(seed: seed, nodes: 6 + seed % 20)
    let result = try simplified(graph)
    #expect(
      result.nodes.count <= graph.nodes.count + graph.nodes.filter { $0.op is BatchNormalization }.count)
    let again = try Simplify.run(result)
    #expect(again.log.isEmpty, "one run does all there is to do")
  }

  @Test(arguments: 200..<240)
  func outputsStayAfterEachRewrite(seed: Int) throws {
    let graph = try RandomGraph.make(seed: seed, nodes: 16)
    let (_, log) = try Simplify.run(graph)
    for limit in 0...log.count {
      let (partial, done) = try Simplify.run(graph, limit: limit)
      #expect(done == Array(log.prefix(limit)), "rewrites follow from the graph alone")
      try expectEqualOutputs(graph, partial)
    }
  }
}
