import PithGraph

extension Cast: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    guard let number = try node.int("to"), let type = Int32(exactly: number) else {
      throw GraphError("it does not say to which type; export the model again")
    }
    // How numbers beyond the range of 8-bit floats are taken; Pith has no such type.
    node.ignore("saturate")
    try builder.emit(Cast(to: try ONNXDataType.element(type)), node)
  }
}
