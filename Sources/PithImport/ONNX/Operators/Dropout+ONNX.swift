import PithGraph

extension Dropout: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    node.ignore("seed")
    var inputs = try builder.operands(node)
    if let ratio = try node.float("ratio"), builder.opset < 12 {
      inputs = [try builder.required(node, 0), builder.constant(node, "ratio", Tensor(ratio))]
    }
    if inputs.count > 2, let mode = inputs[2] {
      guard case .bool(let flags)? = builder.graph[mode].constant?.storage, flags == [false] else {
        throw GraphError("it is in training mode; export the model for inference, after model.eval()")
      }
      inputs.removeLast()
    }
    try builder.emit(Dropout(), node, inputs: inputs)
  }
}
