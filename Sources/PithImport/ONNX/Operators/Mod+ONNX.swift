import PithGraph

extension Mod: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let truncates = try node.flag("fmod")
    guard try truncates || !builder.type(try builder.required(node, 0)).element.isFloatingPoint else {
      throw GraphError("the remainder of floating-point numbers needs fmod = 1; export the model again")
    }
    try builder.emit(Mod(truncates: truncates), node)
  }
}
