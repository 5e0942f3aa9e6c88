import PithGraph

extension BitShift: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let direction = try node.string("direction") ?? ""
    guard ["LEFT", "RIGHT"].contains(direction) else {
      throw GraphError("direction '\(direction.printable())' is neither LEFT nor RIGHT")
    }
    let type = node.inputs.first.flatMap { builder.dataType($0) }
    let width = type == .uint16 ? 16 : type == .uint32 ? 32 : 64
    try builder.emit(BitShift(isLeft: direction == "LEFT", bitWidth: width), node)
  }
}

extension BitwiseNot: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let type = node.inputs.first.flatMap { builder.dataType($0) }
    let mask = type == .uint16 ? Int(UInt16.max) : type == .uint32 ? Int(UInt32.max) : -1
    try builder.emit(BitwiseNot(mask: mask), node)
  }
}
