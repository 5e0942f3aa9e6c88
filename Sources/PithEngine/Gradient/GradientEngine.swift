import PithGraph

/// Runs a graph forward and backward, in fp32.
///
///     let engine = try GradientEngine(graph, parameters: graph.trainableParameters())
///     var weights = Weights(graph)
///     var tape = try engine.forward(inputs, weights, seed: step)
///     let gradients = try engine.backward(&tape, outputGradients: […])   // one per parameter
///
/// Memory is planned: of the forward pass only what some gradient reads is kept, and each of these is let go as soon as
/// the last gradient that reads it is done. The results do not depend on the number of threads.
public struct GradientEngine: Sendable {
  /// A node, with what is known about it before it runs.
  struct Step: Sendable {
    var node: Node
    var op: any Executable
    /// For each operand, whether a gradient flows to it. All false where none flows through the node.
    var needed: [Bool]
    var reads: GradientReads
    /// The operands, each once, that no later node of the forward pass reads and no gradient either.
    var lastUses: [ValueID]
    /// The outputs that nothing reads.
    var unused: [ValueID]
    /// The values that no gradient before this one (in the order of the graph) reads: free after it.
    var freedAfterGradient: [ValueID] = []

    var isActive: Bool { needed.contains(true) }
  }

  public let graph: Graph
  /// The constants whose gradients are computed.
  public let parameters: [ValueID]
  /// Whether gradients of the graph's inputs are computed too.
  public let differentiatesInputs: Bool
  let steps: [Step]

  /// - Parameters:
  ///   - parameters: float32 constants of the graph.
  ///   - differentiatesInputs: whether `backward` also gives the gradients of float32 inputs.
  /// - Throws: `GraphError` naming a node that cannot be executed, or one that a gradient has to pass and that has none.
  public init(_ graph: Graph, parameters: [ValueID], differentiatesInputs: Bool = false) throws {
    MemoryPolicy.keepFreedMemory()
    try graph.verify()
    var graph = graph
    try graph.inferTypes()
    self.graph = graph
    self.parameters = parameters
    self.differentiatesInputs = differentiatesInputs
    for id in parameters where graph[id].constant?.floats == nil {
      throw GraphError("'\(graph[id].name)' is no float32 constant and cannot be trained")
    }
    var sources = Set(parameters)
    if differentiatesInputs {
      sources.formUnion(graph.inputs.filter { graph[$0].type?.element == .float32 })
    }
    steps = try GradientEngine.plan(graph, sources: sources)
  }

  private static func plan(_ graph: Graph, sources: Set<ValueID>) throws -> [Step] {
    let active = activeValues(graph, sources: sources)
    var steps = try fusedNodes(graph, sources: sources).map { node in try step(node, graph, active) }
    // Backwards: what is still needed after each node.
    var needed = Set(graph.outputs)
    for step in steps where step.isActive {
      needed.formUnion(step.reads.inputs.compactMap { step.node.inputs[$0] })
      needed.formUnion(step.reads.outputs.map { step.node.outputs[$0] })
    }
    for index in steps.indices.reversed() {
      let node = steps[index].node
      steps[index].unused = node.outputs.filter { !needed.contains($0) }
      let operands = Set(node.inputs.compactMap(\.self))
      steps[index].lastUses = operands.filter {
        graph[$0].constant == nil && needed.insert($0).inserted
      }.sorted()
    }
    // Forwards: the first node whose gradient reads a value is the last to read it on the way back.
    var kept: Set<ValueID> = []
    for index in steps.indices where steps[index].isActive {
      let step = steps[index]
      let read =
        step.reads.inputs.compactMap { step.node.inputs[$0] }
        + step.reads.outputs.map { step.node.outputs[$0] }
      for id in read where graph[id].constant == nil && kept.insert(id).inserted {
        steps[index].freedAfterGradient.append(id)
      }
    }
    return steps
  }

  /// The values that depend on a source and on which an output depends.
  private static func activeValues(_ graph: Graph, sources: Set<ValueID>) -> Set<ValueID> {
    var dependent = sources
    for node in graph.nodes where node.inputs.contains(where: { $0.map(dependent.contains) ?? false }) {
      // What is made of integers and truth values has no slope, so that nothing comes back from there.
      for output in node.outputs where graph[output].type?.element.isFloatingPoint ?? false {
        dependent.insert(output)
      }
    }
    var wanted = Set(graph.outputs)
    for node in graph.nodes.reversed() where node.outputs.contains(where: wanted.contains) {
      wanted.formUnion(node.inputs.compactMap(\.self))
    }
    return dependent.intersection(wanted)
  }

  private static func step(_ node: Node, _ graph: Graph, _ active: Set<ValueID>) throws -> Step {
    guard let op = node.op as? any Executable else {
      throw GraphError(
        node: node.label,
        "the float engine cannot execute \(node.op.name) (the operator is not Executable); remove or replace it"
      )
    }
    let flows = node.outputs.contains(where: active.contains)
    let needed = node.inputs.map { flows && ($0.map(active.contains) ?? false) }
    guard needed.contains(true) else {
      return Step(node: node, op: op, needed: needed, reads: .nothing, lastUses: [], unused: [])
    }
    guard let differentiable = node.op as? any Differentiable else {
      throw GraphError(
        node: node.label,
        "\(node.op.name) has no gradient, so what comes before it cannot be trained; replace it or train only what follows"
      )
    }
    for output in node.outputs where active.contains(output) && graph[output].type?.element != .float32 {
      throw GraphError(
        node: node.label,
        "its output is \(graph[output].type?.element.rawValue ?? "unknown"), but gradients are computed in float32; "
          + "change the model to float32")
    }
    let reads = differentiable.gradientReads(needed: needed)
    return Step(
      node: node, op: op, needed: needed,
      reads: GradientReads(
        inputs: reads.inputs.filter { $0 < node.inputs.count },
        outputs: reads.outputs.filter { $0 < node.outputs.count }),
      lastUses: [], unused: [])
  }
}
