import PithGraph

extension RNN: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let parts = try RecurrentAttributes(node, RNN.defaultActivations)
    let op = RNN(
      hiddenSize: parts.hiddenSize, direction: parts.direction, activations: parts.activations,
      clip: parts.clip)
    try builder.emitRecurrent(op, node)
  }
}

extension GRU: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let parts = try RecurrentAttributes(node, GRU.defaultActivations)
    let op = GRU(
      hiddenSize: parts.hiddenSize, direction: parts.direction, activations: parts.activations,
      clip: parts.clip,
      linearBeforeReset: try node.flag("linear_before_reset"))
    try builder.emitRecurrent(op, node)
  }
}

extension LSTM: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let parts = try RecurrentAttributes(node, LSTM.defaultActivations)
    let op = LSTM(
      hiddenSize: parts.hiddenSize, direction: parts.direction, activations: parts.activations,
      clip: parts.clip,
      couplesInputForget: try node.flag("input_forget"))
    try builder.emitRecurrent(op, node)
  }
}

/// The attributes that all recurrent operators have.
private struct RecurrentAttributes {
  let hiddenSize: Int
  let direction: RecurrentDirection
  /// Empty where they are the defaults.
  let activations: [RecurrentActivation]
  let clip: Float?

  init(_ node: ONNXNode, _ defaults: [RecurrentActivation]) throws {
    guard let size = try node.int("hidden_size") else {
      throw GraphError("attribute 'hidden_size' is missing")
    }
    hiddenSize = size
    let name = try node.string("direction") ?? "forward"
    let directions: [String: RecurrentDirection] = [
      "forward": .forward, "reverse": .reverse, "bidirectional": .bidirectional,
    ]
    guard let direction = directions[name] else {
      throw GraphError("direction '\(name.printable())' is unknown")
    }
    self.direction = direction
    clip = try node.float("clip")
    node.ignore("output_sequence")
    // Each function that has parameters takes the next ones.
    var alphas = (try node.floats("activation_alpha") ?? [])[...]
    var betas = (try node.floats("activation_beta") ?? [])[...]
    activations = try (try node.strings("activations") ?? []).map { name in
      guard let usual = RecurrentActivation(name: name) else {
        throw GraphError("activation '\(name.printable())' is unknown")
      }
      let alpha = usual.parameters.alpha == nil ? nil : alphas.popFirst()
      let beta = usual.parameters.beta == nil ? nil : betas.popFirst()
      return RecurrentActivation(name: name, alpha: alpha, beta: beta) ?? usual
    }
  }
}

extension ONNXGraphBuilder {
  /// Adds a recurrent layer; where the batch comes first (`layout`), between transposes.
  fileprivate func emitRecurrent(_ op: any Operator, _ node: ONNXNode) throws {
    let isBatchFirst = try node.flag("layout")
    guard isBatchFirst else { return try emit(op, node) }
    var inputs = try operands(node)
    func swap(_ index: Int) throws {
      guard index < inputs.count, let id = inputs[index] else { return }
      inputs[index] = try emitPart(Transpose(permutation: [1, 0, 2]), node, "operand\(index)", inputs: [id])
    }
    for index in [0, 5, 6] { try swap(index) }
    // Y [T, D, N, H] becomes [N, T, D, H]; the states [D, N, H] become [N, D, H].
    let results = try add(
      op, inputs, outputs: node.outputs.indices.map { "\(name(node)).result\($0)" }, name: name(node))
    for (index, output) in node.outputs.enumerated() where !output.isEmpty {
      let order = index == 0 ? [2, 0, 1, 3] : [1, 0, 2]
      bind(output, to: try add(Transpose(permutation: order), [results[index]], name: output))
    }
  }
}
