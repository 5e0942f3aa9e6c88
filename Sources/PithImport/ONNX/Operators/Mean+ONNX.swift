import PithGraph

/// ONNX's Mean of any number of tensors: their sum divided by how many there are.
enum ONNXMean: ONNXReader {
  static let opType = "Mean"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    var total = try builder.required(node, 0)
    guard node.inputs.count > 1 else { return try builder.emit(Identity(), node, inputs: [total]) }
    for index in 1..<node.inputs.count {
      total = try builder.emitPart(
        Add(), node, "sum\(index)", inputs: [total, try builder.required(node, index)])
    }
    let count = builder.constant(node, "count", Tensor(Float(node.inputs.count)))
    try builder.emit(Div(), node, inputs: [total, count])
  }
}
