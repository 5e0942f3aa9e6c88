/// The layers of a report: one row per node of the simplified graph.
enum LayerTable {
  static func layers(
    _ model: QuantizedModel, _ program: Program, _ noise: SignalToNoise
  ) -> [QuantizationReport.Layer] {
    model.graph.nodes.map { node in
      let output = node.outputs[0]
      let input = node.inputs.first.flatMap { $0 }
      var reason: String?
      if case .float32(let why)? = model.placements[node.id] { reason = why }
      let parameters = node.inputs.reduce(0) { $0 + ($1.flatMap { model.graph[$0].constant?.count } ?? 0) }
      let before = node.inputs.reduce(0) { $0 + ($1.flatMap { model.graph[$0].constant?.byteCount } ?? 0) }
      return QuantizationReport.Layer(
        name: node.label, operators: operators(node), placement: reason == nil ? .int8 : .float32,
        reason: reason,
        parameters: parameters, multiplyAdds: program.nodeMultiplyAdds[node.id] ?? 0, bytesBefore: before,
        bytesAfter: program.parameterBytes[node.id] ?? 0, signalToNoise: noise.decibels(output),
        inputScale: input.flatMap { model.activations[$0]?.scale },
        outputScale: model.activations[output]?.scale,
        outputZeroPoint: model.activations[output]?.zeroPoint, clippedShare: model.clippedShares[output],
        weightDensity: program.weightBlocks[node.id].flatMap {
          $0.kept < $0.total ? Double($0.kept) / Double($0.total) : nil
        })
    }
  }

  /// "Conv+Relu".
  static func operators(_ node: Node) -> String {
    switch (node.op as? any ActivationFusible)?.activation {
    case nil: node.op.name
    case .relu?: node.op.name + "+Relu"
    case .clip(let low, let high)?: node.op.name + (low == 0 && high == 6 ? "+Relu6" : "+Clip")
    }
  }
}
