import PithGraph

extension RNN: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws { try writer.emitRecurrent(self, node) }
}

extension GRU: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emitRecurrent(self, node, [("linear_before_reset", .int(linearBeforeReset ? 1 : 0))])
  }
}

extension LSTM: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emitRecurrent(self, node, [("input_forget", .int(couplesInputForget ? 1 : 0))])
  }
}

extension ONNXGraphWriter {
  fileprivate func emitRecurrent(
    _ op: some Recurrent, _ node: Node, _ own: [(name: String, value: ONNXNodeDraft.Attribute)] = []
  ) throws {
    let direction =
      switch op.direction {
      case .forward: "forward"
      case .reverse: "reverse"
      case .bidirectional: "bidirectional"
      }
    var attributes: [(name: String, value: ONNXNodeDraft.Attribute)] = [
      ("hidden_size", .int(op.hiddenSize)), ("direction", .string(direction)),
    ]
    if !op.activations.isEmpty {
      attributes.append(("activations", .strings(op.activations.map(\.name))))
      let (alphas, betas) = (
        op.activations.compactMap(\.parameters.alpha), op.activations.compactMap(\.parameters.beta)
      )
      if !alphas.isEmpty { attributes.append(("activation_alpha", .floats(alphas))) }
      if !betas.isEmpty { attributes.append(("activation_beta", .floats(betas))) }
    }
    if let clip = op.clip { attributes.append(("clip", .float(clip))) }
    try emit(node, op.name, attributes: attributes + own)
  }
}
