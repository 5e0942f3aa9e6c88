import PithGraph

/// Batch norm and the activation behind it as one step: a pass over the map less each way, and one map less to keep.
struct NormalizedActivation: Differentiable {
  static let name = BatchNormalization.name
  static let operandCount = BatchNormalization.operandCount

  var normalization: BatchNormalization
  var activation: Activation

  func inferTypes(_ operands: Operands) throws -> [ValueType] { try normalization.inferTypes(operands) }

  var parameterOperands: [Int] { normalization.parameterOperands }

  func gradientReads(needed: [Bool]) -> GradientReads { normalization.gradientReads(needed: needed) }

  func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    var operands = inputs
    return try normalization.evaluate(consuming: &operands, activation: activation)
  }

  func evaluateForTraining(
    consuming inputs: inout [Tensor?], _ context: TrainingContext
  ) throws -> TrainingOutputs {
    try normalization.evaluateForTraining(consuming: &inputs, context, activation: activation)
  }

  func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    try normalization.gradients(&pass, activation: activation)
  }
}

extension GradientEngine {
  /// The graph's nodes with those made one that are cheaper together.
  /// - Parameter sources: the values whose gradients are asked for.
  static func fusedNodes(_ graph: Graph, sources: Set<ValueID>) -> [Node] {
    let outputs = Set(graph.outputs)
    var readers: [ValueID: [Int]] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for id in node.inputs { if let id { readers[id, default: []].append(index) } }
    }
    var nodes: [Node?] = graph.nodes
    for (index, node) in graph.nodes.enumerated() {
      guard node.outputs.count == 1, !outputs.contains(node.outputs[0]),
        let only = readers[node.outputs[0]], only.count == 1,
        let activation = activation(of: graph.nodes[only[0]], graph, sources),
        graph[node.outputs[0]].type?.element == .float32, let op = fused(node.op, activation)
      else { continue }
      nodes[index]?.op = op
      nodes[index]?.outputs = graph.nodes[only[0]].outputs
      nodes[only[0]] = nil
    }
    return nodes.compactMap(\.self)
  }

  /// The operator with the activation in it; nil where it takes none.
  private static func fused(_ op: any Operator, _ activation: Activation) -> (any Operator)? {
    if let normalization = op as? BatchNormalization {
      return NormalizedActivation(normalization: normalization, activation: activation)
    }
    guard var fusible = op as? any ActivationFusible & Differentiable, fusible.activation == nil else {
      return nil
    }
    fusible.activation = activation
    return fusible
  }

  /// The clamp that a node is, where its bounds are fixed.
  private static func activation(of node: Node, _ graph: Graph, _ sources: Set<ValueID>) -> Activation? {
    if node.op is Relu { return .relu }
    guard node.op is Clip else { return nil }
    var bounds: [Float] = [-.infinity, .infinity]
    for operand in 1..<node.inputs.count {
      guard let id = node.inputs[operand] else { continue }
      guard let constant = graph[id].constant?.floats, constant.count == 1, !sources.contains(id) else {
        return nil
      }
      bounds[operand - 1] = constant[0]
    }
    return bounds[0] <= bounds[1] ? .clip(bounds[0], bounds[1]) : nil
  }
}
