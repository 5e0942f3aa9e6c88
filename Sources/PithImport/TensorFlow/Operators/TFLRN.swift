import PithGraph

/// Normalization by neighbouring channels.
enum TFLRN: TFReader {
  static let operators = ["LRN"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let radius = try node.int("depth_radius", default: 5)
    guard (0..<1 << 16).contains(radius) else { throw GraphError("depth_radius \(radius) is none") }
    let size = 2 * radius + 1
    // Here alpha is for each element, there for the mean of all.
    let op = LRN(
      size: size, alpha: try node.float("alpha", default: 1) * Float(size),
      beta: try node.float("beta", default: 0.5),
      bias: try node.float("bias", default: 1))
    let first = try builder.channelsFirst(try builder.tensor(node, 0), name: node.name)
    return [.tensor(try builder.channelsLast(try builder.emit(op, node, [first]), name: node.name))]
  }
}
