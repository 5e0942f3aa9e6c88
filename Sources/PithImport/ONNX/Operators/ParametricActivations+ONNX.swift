import PithGraph

extension Gelu: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let name = try node.string("approximate") ?? "none"
    guard ["none", "tanh"].contains(name) else {
      throw GraphError("approximation '\(name.printable())' is unknown")
    }
    try builder.emit(Gelu(approximatesTanh: name == "tanh"), node)
  }
}

extension Elu: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(Elu(alpha: try node.float("alpha") ?? 1), node)
  }
}

extension Selu: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let standard = Selu()
    try builder.emit(
      Selu(
        alpha: try node.float("alpha") ?? standard.alpha, gamma: try node.float("gamma") ?? standard.gamma),
      node)
  }
}

extension Celu: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(Celu(alpha: try node.float("alpha") ?? 1), node)
  }
}

extension Swish: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(Swish(beta: try node.float("alpha") ?? 1), node)
  }
}

extension ThresholdedRelu: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(ThresholdedRelu(alpha: try node.float("alpha") ?? 1), node)
  }
}

extension Shrink: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(Shrink(lambda: try node.float("lambd") ?? 0.5, bias: try node.float("bias") ?? 0), node)
  }
}
