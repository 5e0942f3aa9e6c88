import Testing

@testable import PithGraph

/// x → Tanh → Sigmoid → y.
private func chain() throws -> (graph: Graph, x: ValueID, middle: ValueID, y: ValueID) {
  var graph = Graph()
  let x = graph.addInput("x", ValueType(.float32, ["N", 2]))
  let middle = graph.add(Tanh(), [x], name: "tanh", outputs: ["t"])[0]
  let y = graph.add(Sigmoid(), [middle], name: "sigmoid", outputs: ["y"])[0]
  graph.markOutput(y)
  try graph.inferTypes()
  return (graph, x, middle, y)
}

@Suite("Patches")
struct PatchTests {
  @Test func aPatchReplacesANodeInPlace() throws {
    let (graph, x, middle, _) = try chain()
    var patch = Patch(graph)
    patch.remove(graph.nodes[0].id)
    patch.addNode(Relu(), inputs: [x], outputs: [middle], name: "relu")
    let result = try graph.applying(patch)
    #expect(result.nodes.map(\.name) == ["relu", "sigmoid"])
    #expect(graph.nodes.map(\.name) == ["tanh", "sigmoid"], "the old graph is as it was")
    try result.verify()
  }

  @Test func replacementsReachNodesOutputsAndChains() throws {
    let (graph, x, middle, y) = try chain()
    var patch = Patch(graph)
    let a = patch.addValue("a")
    patch.addNode(Relu(), inputs: [x], outputs: [a], name: "relu")
    patch.remove(graph.nodes[0].id)
    patch.remove(graph.nodes[1].id)
    patch.replace(y, with: middle)
    patch.replace(middle, with: a)
    let result = try graph.applying(patch)
    #expect(result.outputs == [a])
    #expect(result.nodes.map(\.name) == ["relu"])
    try result.verify()
  }

  @Test func newNodesAreSortedBehindTheirOperands() throws {
    var (graph, x, _, y) = try chain()
    let other = graph.add(Relu(), [x], name: "other", outputs: ["o"])[0]
    let sum = graph.add(Add(), [y, other], name: "sum", outputs: ["s"])[0]
    graph.replaceOutputs([sum])
    try graph.inferTypes()
    var patch = Patch(graph)
    patch.remove(graph.nodes[0].id)
    // Stands where Tanh stood, but reads what comes later.
    patch.addNode(HardSwish(), inputs: [other], outputs: graph.nodes[0].outputs, name: "late")
    let result = try graph.applying(patch)
    #expect(result.nodes.map(\.name) == ["other", "late", "sigmoid", "sum"])
    try result.verify()
  }

  @Test func typesFollowAPatch() throws {
    let (graph, x, middle, y) = try chain()
    var patch = Patch(graph)
    patch.remove(graph.nodes[0].id)
    patch.addNode(Transpose(), inputs: [x], outputs: [middle], name: "transpose")
    let result = try graph.applying(patch)
    #expect(result[y].type?.shape == [2, "N"])
  }

  @Test func constantsThatNobodyReadsAreFreed() throws {
    var (graph, _, _, y) = try chain()
    let c = graph.addConstant("c", Tensor(2))
    let z = graph.add(Mul(), [y, c], name: "mul", outputs: ["z"])[0]
    graph.replaceOutputs([z])
    try graph.inferTypes()
    var patch = Patch(graph)
    patch.remove(graph.nodes[2].id)
    patch.replace(z, with: y)
    let result = try graph.applying(patch)
    #expect(result[c].constant == nil)
    #expect(graph[c].constant != nil)
  }

  @Test func aCycleIsAnError() throws {
    let (graph, _, middle, y) = try chain()
    var patch = Patch(graph)
    patch.remove(graph.nodes[0].id)
    patch.addNode(Relu(), inputs: [y], outputs: [middle], name: "relu")
    #expect(throws: GraphError.self) { try graph.applying(patch) }
  }

  @Test func aNodeThatReadsItselfIsAnError() throws {
    let (graph, _, middle, _) = try chain()
    var patch = Patch(graph)
    patch.remove(graph.nodes[0].id)
    patch.addNode(Relu(), inputs: [middle], outputs: [middle], name: "relu")
    #expect(throws: GraphError.self) { try graph.applying(patch) }
  }

  @Test func aMissingProducerIsAnError() throws {
    let (graph, _, _, _) = try chain()
    for node in graph.nodes {
      var patch = Patch(graph)
      patch.remove(node.id)
      #expect(throws: GraphError.self) { try graph.applying(patch) }
    }
  }

  @Test func aSecondProducerIsAnError() throws {
    let (graph, x, middle, _) = try chain()
    for output in [x, middle] {
      var patch = Patch(graph)
      patch.addNode(Relu(), inputs: [x], outputs: [output], name: "relu")
      #expect(throws: GraphError.self) { try graph.applying(patch) }
    }
  }

  @Test func valuesThatDoNotExistAreAnError() throws {
    let (graph, x, middle, y) = try chain()
    let nowhere = ValueID(1000)
    var patch = Patch(graph)
    patch.addNode(Relu(), inputs: [nowhere], outputs: [patch.addValue("a")], name: "relu")
    #expect(throws: GraphError.self) { try graph.applying(patch) }
    patch = Patch(graph)
    patch.addNode(Relu(), inputs: [x], outputs: [nowhere], name: "relu")
    #expect(throws: GraphError.self) { try graph.applying(patch) }
    patch = Patch(graph)
    patch.replace(middle, with: nowhere)
    #expect(throws: GraphError.self) { try graph.applying(patch) }
    patch = Patch(graph)
    patch.replace(y, with: patch.addValue("nobody computes it"))
    #expect(throws: GraphError.self) { try graph.applying(patch) }
  }

  @Test func replacementsInACircleEnd() throws {
    let (graph, _, middle, y) = try chain()
    var patch = Patch(graph)
    patch.replace(middle, with: y)
    patch.replace(y, with: middle)
    // Whether the result is a graph does not matter, only that there is one or an error.
    _ = try? graph.applying(patch)
  }
}
