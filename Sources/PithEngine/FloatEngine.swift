import PithGraph

/// Runs a graph in fp32.
///
/// Every intermediate value is let go after its last use, and operators that can write over an operand that is no longer
/// needed do so.
public struct FloatEngine: Sendable {
  /// A node, with what is known about its operands before it runs.
  private struct Step: Sendable {
    var node: Node
    var op: any Executable
    /// The operands, each once, that no later node reads.
    var lastUses: [ValueID]
    /// The outputs that nothing reads.
    var unused: [ValueID]
  }

  public let graph: Graph
  private let steps: [Step]

  /// - Throws: `GraphError` where the graph is not legal, or where an operator cannot be executed; it names the node.
  public init(_ graph: Graph) throws {
    try graph.verify()
    self.graph = graph
    var needed = Set(graph.outputs)
    var steps: [Step] = []
    for node in graph.nodes.reversed() {
      guard let op = node.op as? any Executable else {
        throw GraphError(
          node: node.label,
          "the float engine cannot execute \(node.op.name) (the operator is not Executable); remove or replace it"
        )
      }
      let unused = node.outputs.filter { !needed.contains($0) }
      let operands = Set(node.inputs.compactMap(\.self))
      let last = operands.filter { graph[$0].constant == nil && needed.insert($0).inserted }
      steps.append(Step(node: node, op: op, lastUses: last.sorted(), unused: unused))
    }
    self.steps = steps.reversed()
  }

  /// Computes the outputs for some inputs.
  ///
  /// - Parameters:
  ///   - inputs: a tensor for each input of the graph, in its order. Sizes that are names in the graph may be any; equal
  ///     names must be equal sizes.
  ///   - observe: is called with each input, and with each output of a node as soon as it is computed.
  /// - Returns: a tensor for each output of the graph, in its order.
  /// - Throws: `GraphError` where the inputs or, at some node, its operands do not fit; and what `observe` throws.
  public func run(
    _ inputs: [Tensor], observe: ((ValueID, Tensor) throws -> Void)? = nil
  ) throws -> [Tensor] {
    try graph.check(inputs: inputs)
    var values = [Tensor?](repeating: nil, count: graph.values.count)
    for (id, tensor) in zip(graph.inputs, inputs) {
      values[id.index] = tensor
      try observe?(id, tensor)
    }
    for step in steps {
      let outputs = try evaluate(step, &values)
      for (id, tensor) in zip(step.node.outputs, outputs) {
        values[id.index] = tensor
        try observe?(id, tensor)
      }
      for id in step.unused { values[id.index] = nil }
    }
    return try graph.outputs.map { id in
      guard let tensor = values[id.index] ?? graph[id].constant else {
        throw GraphError("output '\(graph[id].name)' was not computed")
      }
      return tensor
    }
  }

  private func evaluate(_ step: Step, _ values: inout [Tensor?]) throws -> [Tensor] {
    var operands = step.node.inputs.map { id -> Tensor? in
      id.flatMap { graph[$0].constant ?? values[$0.index] }
    }
    for id in step.lastUses { values[id.index] = nil }
    do {
      let outputs =
        if let op = step.op as? any InPlaceExecutable {
          try op.evaluate(consuming: &operands)
        } else {
          try step.op.evaluate(operands)
        }
      guard outputs.count >= step.node.outputs.count else {
        throw GraphError("\(step.op.name) computes \(outputs.count) outputs of \(step.node.outputs.count)")
      }
      return outputs
    } catch let error as GraphError {
      throw GraphError(node: step.node.label, error.message)
    }
  }
}
