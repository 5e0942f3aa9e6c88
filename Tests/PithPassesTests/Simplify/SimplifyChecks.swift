import PithGraph
import PithTestSupport
import Testing

@testable import PithPasses

/// Simplifies a graph and checks what must hold whatever the rules do.
func simplified(
  _ graph: Graph, by rules: [any RewriteRule] = Simplify.rules,
  sourceLocation: SourceLocation = #_sourceLocation
) throws -> Graph {
  let result = try graph.rewritten(by: rules).0.compacted()
  #expect(
    result.outputs.map { result[$0].name } == graph.outputs.map { graph[$0].name },
    sourceLocation: sourceLocation)
  try expectEqualOutputs(graph, result, sourceLocation: sourceLocation)
  return result
}

/// Checks that a rule leaves a graph as it is.
func expectUntouched(
  _ graph: Graph, by rule: any RewriteRule, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let log = try graph.rewritten(by: [rule]).1
  #expect(log.isEmpty, sourceLocation: sourceLocation)
}

/// Checks that two graphs compute the same.
func expectEqualOutputs(
  _ before: Graph, _ after: Graph, seed: Int = 7, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  #expect(before.outputs.count == after.outputs.count, sourceLocation: sourceLocation)
}
