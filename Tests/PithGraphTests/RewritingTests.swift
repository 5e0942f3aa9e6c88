import PithGraph
import Testing

/// Replaces a Tanh by a Sigmoid.
private struct TanhToSigmoid: RewriteRule {
  let name = "tanh to sigmoid"
  func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard node.op is Tanh else { return nil }
    var patch = Patch(context.graph)
    patch.remove(node.id)
    patch.addNode(Sigmoid(), inputs: node.inputs, outputs: node.outputs, name: node.name)
    return patch
  }
}

/// Undoes that.
private struct SigmoidToTanh: RewriteRule {
  let name = "sigmoid to tanh"
  func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard node.op is Sigmoid else { return nil }
    var patch = Patch(context.graph)
    patch.remove(node.id)
    patch.addNode(Tanh(), inputs: node.inputs, outputs: node.outputs, name: node.name)
    return patch
  }
}

/// Breaks whatever it meets.
private struct Vandal: RewriteRule {
  enum Manner: CaseIterable, Sendable { case removes, transposes, casts, throwsError }
  let name = "vandal"
  var manner: Manner
  func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    var patch = Patch(context.graph)
    patch.remove(node.id)
    switch manner {
    case .removes: break
    case .transposes: patch.addNode(Transpose(), inputs: node.inputs, outputs: node.outputs, name: "t")
    case .casts: patch.addNode(Cast(to: .int32), inputs: node.inputs, outputs: node.outputs, name: "c")
    case .throwsError: throw GraphError("it is what it is")
    }
    return patch
  }
}

/// Merges two consecutive Relus, from the later one.
private struct MergeRelus: RewriteRule {
  let name = "merge relus"
  func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard node.op is Relu, let first = context.producer(node, 0), first.op is Relu,
      context.onlyConsumer(first.outputs[0]) != nil
    else { return nil }
    var patch = Patch(context.graph)
    patch.remove(node.id)
    patch.remove(first.id)
    patch.addNode(Relu(), inputs: first.inputs, outputs: node.outputs, name: first.name)
    return patch
  }
}

@Suite("Rewriting")
struct RewritingTests {
  private func chain(_ ops: [any Operator], shape: Shape = ["N", 3]) throws -> Graph {
    var graph = Graph()
    var x = graph.addInput("x", ValueType(.float32, shape))
    for (index, op) in ops.enumerated() {
      x = graph.add(op, [x], name: "n\(index)", outputs: ["v\(index)"])[0]
    }
    graph.markOutput(x)
    try graph.inferTypes()
    return graph
  }

  /// Relus, each last of so many a Tanh.
  private func alternating(_ count: Int, every: Int) -> [any Operator] {
    (0..<count).map { index -> any Operator in
      if index % every == every - 1 { return Tanh() }
      return Relu()
    }
  }

  @Test func rulesApplyEverywhereAndAreLogged() throws {
    let graph = try chain([Tanh(), Relu(), Tanh()])
    let (result, log) = try graph.rewritten(by: [TanhToSigmoid()])
    #expect(result.nodes.map(\.op.name) == ["Sigmoid", "Relu", "Sigmoid"])
    #expect(log.map(\.node) == ["n0", "n2"])
    #expect(log.map(\.rule) == ["tanh to sigmoid", "tanh to sigmoid"])
  }

  @Test func aLimitStopsEarly() throws {
    let graph = try chain([Tanh(), Relu(), Tanh()])
    #expect(
      try graph.rewritten(by: [TanhToSigmoid()], limit: 0).0.nodes.map(\.op.name) == ["Tanh", "Relu", "Tanh"])
    #expect(
      try graph.rewritten(by: [TanhToSigmoid()], limit: 1).0.nodes.map(\.op.name) == [
        "Sigmoid", "Relu", "Tanh",
      ])
  }

  @Test func rulesThatUndoEachOtherEnd() throws {
    let graph = try chain([Tanh()])
    let (_, log) = try graph.rewritten(by: [TanhToSigmoid(), SigmoidToTanh()])
    #expect(log.count > 10)
  }

  @Test(arguments: Vandal.Manner.allCases)
  fileprivate func aRuleThatBreaksTheGraphIsNamed(manner: Vandal.Manner) throws {
    let graph = try chain([Relu(), Tanh()], shape: [2, 3])
    let error = #expect(throws: GraphError.self) { try graph.rewritten(by: [Vandal(manner: manner)]) }
    if manner == .throwsError {
      #expect(error == GraphError(node: "n0", "it is what it is"))
    } else {
      #expect(error?.message.hasPrefix("the rewrite 'vandal' broke the graph") == true)
    }
  }

  @Test func aGraphWithoutNodesIsLeftAlone() throws {
    var graph = Graph()
    graph.markOutput(graph.addInput("x", ValueType(.float32, [1])))
    let (result, log) = try graph.rewritten(by: [TanhToSigmoid()])
    #expect(result.nodes.isEmpty)
    #expect(log.isEmpty)
  }

  @Test func aWrongGraphIsRefusedAtOnce() throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, ["N", 3]))
    graph.markOutput(graph.add(Transpose(permutation: [0]), [x], name: "wrong")[0])
    #expect(throws: GraphError.self) { try graph.rewritten(by: []) }
  }

  @Test func edgesStayTrueOverManyPatches() throws {
    let graph = try chain(alternating(40, every: 4))
    let (result, _) = try graph.rewritten(by: [MergeRelus(), TanhToSigmoid()])
    #expect(result.nodes.map(\.op.name) == (0..<10).flatMap { _ in ["Relu", "Sigmoid"] })
    #expect(result.nodes.map { $0.inputs.count } == Array(repeating: 1, count: 20))
  }

  @Test func aLongChainIsDoneInTime() throws {
    let graph = try chain(alternating(4000, every: 2))
    let clock = ContinuousClock()
    let time = try clock.measure { _ = try graph.rewritten(by: [TanhToSigmoid(), MergeRelus()]) }
    // Takes some tenths of a second; a cost that grows with the square would take a minute.
    #expect(time < .seconds(20))
  }
}
