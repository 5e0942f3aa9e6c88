/// Writes a quantized model as ONNX with QuantizeLinear and DequantizeLinear nodes at the scales of the integer program,
/// so that other runtimes can be compared with it.
enum QDQExport {
  static func write(_ model: QuantizedModel, to path: String) throws {
    var graph = model.graph
    var activations: [ValueID: ONNXExporter.ActivationQuantization] = [:]
    let unrounded = Set(try model.unroundedSums().values.flatMap(\.unrounded))
    for (id, parameters) in model.activations where graph[id].constant == nil && !unrounded.contains(id) {
      activations[id] = (scale: parameters.scale, zeroPoint: parameters.zeroPoint)
    }
    var weights: [ValueID: ONNXExporter.WeightQuantization] = [:]
    var biases: [ValueID: ONNXExporter.BiasQuantization] = [:]
    // Constants of each layer's own: layers that share one may have inputs of different scales, and bias correction
    // gives a bias to those that have none.
    let nodes = model.graph.nodes.map { node -> Node in
      guard let quantized = model.weights[node.id], let values = model.biases[node.id],
        let id = node.inputs[1], let constant = graph[id].constant, let input = node.inputs[0],
        let x = model.activations[input]
      else { return node }
      var node = node
      let weight = graph.addConstant(graph[id].name, constant)
      weights[weight] = (values: quantized.values, scales: quantized.scales, axis: quantized.axis)
      node.inputs[1] = weight
      guard type(of: node.op).operandCount.contains(3) else { return node }
      let scales = quantized.scales.map { x.scale * $0 }
      let old = node.inputs.count > 2 ? node.inputs[2] : nil
      let bias = graph.addConstant(
        old.map { graph[$0].name } ?? "\(graph[weight].name)_bias",
        Tensor(shape: [values.count], floats: zip(values, scales).map { Float($0) * $1 }))
      biases[bias] = (values: values, scales: scales)
      node.inputs = [node.inputs[0], weight, bias]
      return node
    }
    graph.replaceNodes(nodes)
    try ONNXExporter.writeQDQ(graph, activations: activations, weights: weights, biases: biases, to: path)
  }
}
