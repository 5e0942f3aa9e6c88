import PithGraph

extension QuantizationAwareGraph {
  /// The quantized model that a trained graph means.
  ///
  /// Weights are rounded at their learned scales by the same code as in post-training quantization; a scale grows where an
  /// accumulator would not fit 32 bits otherwise.
  /// - Parameter trained: `graph`, with other constants.
  /// - Throws: `GraphError` where training has diverged.
  public func model(trained: Graph) throws -> QuantizedModel {
    guard trained.nodes.map(\.id) == graph.nodes.map(\.id), trained.values.count >= graph.values.count else {
      throw GraphError("the trained graph is not the one that fine-tuning started from")
    }
    var result = model
    result.clippedShares = [:]
    for index in model.graph.values.indices {
      let id = ValueID(index)
      guard model.graph[id].constant != nil, let constant = trained[id].constant else { continue }
      result.graph.update(id) { $0.constant = constant }
    }
    for (id, rounding) in activationRounding {
      guard let scale = try scales(of: rounding, in: trained).first else { continue }
      result.activations[id]?.scale = scale
    }
    for node in model.graph.nodes where model.placements[node.id] == .integer {
      guard case .sameAsOperand(let index)? = (node.op as? any Quantizable)?.outputRange else { continue }
      let parameters = result.activations[try model.graph.operand(node, index)]
      for output in node.outputs where result.activations[output] != nil {
        result.activations[output] = parameters
      }
    }
    for node in model.graph.nodes where model.weights[node.id] != nil {
      do {
        try requantize(node, trained, &result)
      } catch let error as GraphError {
        throw GraphError(node: error.node ?? node.label, error.message)
      }
    }
    try result.graph.inferTypes()
    return result
  }

  private func requantize(_ node: Node, _ trained: Graph, _ result: inout QuantizedModel) throws {
    guard let op = node.op as? any WeightQuantizable, let rounding = weightRounding[node.id],
      let layer = trained.node(node.id), let weights = trained[try model.graph.operand(node, 1)].constant,
      let x = result.activations[try model.graph.operand(node, 0)]
    else { throw GraphError("its weights or its input's range are missing") }
    let axis = op.outputChannelAxis(weights: weights.shape)
    let biases = try Quantizer.biases(of: layer, in: trained, channels: weights.shape[axis])
    let quantized = try Quantizer.fitting(
      weights, axis: axis, scales: try scales(of: rounding, in: trained), biases: biases, inputScale: x.scale)
    result.weights[node.id] = quantized
    result.biases[node.id] = Quantizer.integerBiases(biases, quantized, inputScale: x.scale)
    // The fp32 form of the layer has the trained bias too, so that it can be compared with the integer one.
    guard let bias = layer.inputs.count > 2 ? layer.inputs[2] : nil, let tensor = trained[bias].constant,
      bias != (node.inputs.count > 2 ? node.inputs[2] : nil)
    else { return }
    let copy = result.graph.addConstant(trained[bias].name, tensor)
    result.graph.replaceNodes(
      result.graph.nodes.map { existing in
        guard existing.id == node.id else { return existing }
        var changed = existing
        changed.inputs = [existing.inputs[0], existing.inputs[1], copy]
        return changed
      })
  }

  /// The scales that a trained rounding has.
  private func scales(of rounding: NodeID, in trained: Graph) throws -> [Float] {
    guard let node = trained.node(rounding), let op = node.op as? FakeQuantize,
      let steps = trained.constant(node, 1)?.floats
    else { throw GraphError("a learned scale is missing") }
    let scales = op.scales(steps: steps)
    guard scales.allSatisfy({ $0.isFinite && $0 >= .leastNormalMagnitude }) else {
      throw GraphError(
        node: node.label, "training has diverged: a scale is not finite; lower the learning rate")
    }
    return scales
  }
}
