import PithGraph

extension Trilu: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(Trilu(isUpper: try node.flag("upper", default: true)), node)
  }
}
