import PithGraph

/// Blocks of channels become blocks of pixels, and the other way around.
enum TFDepthToSpace: TFReader {
  static let operators = ["DepthToSpace", "SpaceToDepth"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let size = try node.int("block_size", default: 0)
    let op: any Operator =
      node.op == "DepthToSpace" ? DepthToSpace(blockSize: size) : SpaceToDepth(blockSize: size)
    let x = try builder.tensor(node, 0)
    guard try node.isChannelsLast() else { return [.tensor(try builder.emit(op, node, [x]))] }
    let y = try builder.emit(op, node, [try builder.channelsFirst(x, name: node.name)])
    return [.tensor(try builder.channelsLast(y, name: node.name))]
  }
}
