import PithEngine
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
  // Nodes that earlier cases in the same builder left do not count.
  let log = try graph.rewritten(by: [RemoveDeadNodes()]).0.rewritten(by: [rule]).1
  #expect(log.isEmpty, sourceLocation: sourceLocation)
}

/// Checks that two graphs compute the same, every name standing for 2 or more.
func expectEqualOutputs(
  _ before: Graph, _ after: Graph, seed: Int = 7, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let inputs = randomInputs(of: before, seed: seed)
  let expected = try interpret(before, inputs)
  let actual = try interpret(after, inputs)
  try #require(expected.count == actual.count, sourceLocation: sourceLocation)
  for (x, y) in zip(expected, actual) {
    try #require(x.shape == y.shape && x.element == y.element, sourceLocation: sourceLocation)
    guard let a = x.floats, let b = y.floats else {
      #expect(x == y, sourceLocation: sourceLocation)
      continue
    }
    // Relative to the largest: where sums cancel, single elements have no digits left.
    let scale = a.reduce(1e-6) { Swift.max($0, abs($1)) }
    let worst = zip(a, b).reduce(0) { Swift.max($0, abs($1.0 - $1.1)) }
    #expect(worst <= 1e-5 * scale, sourceLocation: sourceLocation)
  }
}

/// Random tensors for a graph's inputs.
func randomInputs(of graph: Graph, seed: Int) -> [Tensor] {
  var random = SeededRandom(seed: seed)
  var sizes: [String: Int] = [:]
  return graph.inputs.map { id in
    let type = graph[id].type ?? ValueType(.float32, [])
    let shape = type.shape.dimensions.map { dimension -> Int in
      switch dimension {
      case .fixed(let size): return size
      case .symbolic(let name):
        sizes[name] = sizes[name] ?? 2 + sizes.count
        return sizes[name] ?? 2
      }
    }
    let count = shape.reduce(1, *)
    return type.element == .float32
      ? random.tensor(shape, in: -2...2)
      : Tensor(shape: shape, storage: .int32(random.ints(count, in: -9...9).map { Int32($0) }))
  }
}

/// Runs a graph a node after the other, as plainly as can be.
func interpret(_ graph: Graph, _ inputs: [Tensor]) throws -> [Tensor] {
  var values: [ValueID: Tensor] = [:]
  for (id, tensor) in zip(graph.inputs, inputs) { values[id] = tensor }
  func tensor(_ id: ValueID) -> Tensor? { values[id] ?? graph[id].constant }
  for node in graph.nodes {
    guard let op = node.op as? any Executable else { throw GraphError(node: node.label, "cannot be run") }
    for (output, result) in zip(node.outputs, try op.evaluate(node.inputs.map { $0.flatMap(tensor) })) {
      values[output] = result
    }
  }
  return graph.outputs.compactMap(tensor)
}
