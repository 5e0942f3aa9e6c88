/// Writes a quantized model as ONNX with QuantizeLinear and DequantizeLinear nodes at the scales of the integer program,
/// so that other runtimes can be compared with it.
enum QDQExport {
  static func write(_ model: QuantizedModel, to path: String) throws {
    let graph = model.graph
    var activations: [ValueID: ONNXExporter.ActivationQuantization] = [:]
    for (id, parameters) in model.activations where graph[id].constant == nil {
      activations[id] = (scale: parameters.scale, zeroPoint: parameters.zeroPoint)
    }
    var weights: [ValueID: ONNXExporter.WeightQuantization] = [:]
    var biases: [ValueID: ONNXExporter.BiasQuantization] = [:]
    for node in graph.nodes {
      guard let quantized = model.weights[node.id], let id = node.inputs[1], let input = node.inputs[0],
        let x = model.activations[input]
      else { continue }
      weights[id] = (values: quantized.values, scales: quantized.scales, axis: quantized.axis)
      if node.inputs.count > 2, let bias = node.inputs[2], let values = model.biases[node.id] {
        biases[bias] = (values: values, scales: quantized.scales.map { x.scale * $0 })
      }
    }
    try ONNXExporter.writeQDQ(graph, activations: activations, weights: weights, biases: biases, to: path)
  }
}
