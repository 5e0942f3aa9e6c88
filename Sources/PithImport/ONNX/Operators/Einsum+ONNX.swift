import PithGraph

/// ONNX's Einsum, as matrix products between transposes, sums and reshapes.
enum ONNXEinsum: ONNXReader {
  static let opType = "Einsum"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    guard let equation = try node.string("equation") else {
      throw GraphError("attribute 'equation' is missing")
    }
    let operands = try node.inputs.indices.map { try builder.required(node, $0) }
    let sum = try builder.einsum(equation, operands, name: "\(builder.name(node)).einsum")
    try builder.emit(Identity(), node, inputs: [sum])
  }
}
