import PithGraph

extension Gelu: ONNXWritable {
  var minimumOpset: Int { 20 }

  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("approximate", .string(approximatesTanh ? "tanh" : "none"))])
  }
}

extension Elu: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("alpha", .float(alpha))])
  }
}

extension Selu: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("alpha", .float(alpha)), ("gamma", .float(gamma))])
  }
}

extension Celu: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("alpha", .float(alpha))])
  }
}

extension Swish: ONNXWritable {
  /// As x · sigmoid(beta · x): the operator itself came with opset 24, which few runtimes know.
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    let x = try writer.operands(node, first: 1)
    var argument = x[0]
    if beta != 1 {
      argument = writer.emitPart(
        "Mul", node, "scaled", inputs: [argument, writer.constant("beta", Tensor(beta))])
    }
    let gate = writer.emitPart("Sigmoid", node, "gate", inputs: [argument])
    try writer.emit(node, "Mul", inputs: [x[0], gate])
  }
}

extension ThresholdedRelu: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("alpha", .float(alpha))])
  }
}

extension Shrink: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("lambd", .float(lambda)), ("bias", .float(bias))])
  }
}
