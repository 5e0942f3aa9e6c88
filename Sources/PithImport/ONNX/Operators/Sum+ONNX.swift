import PithGraph

/// ONNX's Sum of any number of tensors, which becomes a chain of additions.
enum ONNXSum: ONNXReader {
  static let opType = "Sum"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    var total = try builder.required(node, 0)
    guard node.inputs.count > 1 else { return try builder.emit(Identity(), node, inputs: [total]) }
    for index in 1..<(node.inputs.count - 1) {
      total = try builder.emitPart(
        Add(), node, "sum\(index)", inputs: [total, try builder.required(node, index)])
    }
    try builder.emit(Add(), node, inputs: [total, try builder.required(node, node.inputs.count - 1)])
  }
}
