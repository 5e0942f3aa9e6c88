import PithGraph

/// Cuts a tensor into parts along an axis: equal ones, or of listed sizes of which one may be −1.
enum TFSplit: TFReader {
  static let operators = ["Split", "SplitV"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let isEqual = node.op == "Split"
    let count = try node.int("num_split", default: 1)
    let x = try builder.tensor(node, isEqual ? 1 : 0)
    let shape = try builder.type(x).shape
    let axis = try Operands.axis(try builder.number(node, isEqual ? 0 : 2, "the axis"), rank: shape.rank)
    guard count > 0, count <= 4096, let size = shape[axis].size else {
      throw GraphError("axis \(axis) of \(shape) cannot be cut into \(count) parts")
    }
    var sizes: [Int]
    if isEqual {
      guard size % count == 0 else {
        throw GraphError("an axis of \(size) cannot be cut into \(count) equal parts")
      }
      sizes = Array(repeating: size / count, count: count)
    } else {
      sizes = try builder.numbers(node, 1, "the sizes of the parts")
      let known = sizes.filter { $0 >= 0 }
      guard sizes.count == count, known.count >= count - 1, known.allSatisfy({ $0 <= size }) else {
        throw GraphError("an axis of \(size) cannot be cut into parts of \(sizes)")
      }
      if let open = sizes.firstIndex(of: -1) { sizes[open] = size - known.reduce(0, +) }
    }
    if count == 1 { return [.tensor(x)] }
    let parts = try builder.add(
      Split(axis: axis, partCount: count), [x, builder.list(sizes)],
      outputs: (0..<count).map { $0 == 0 ? node.name : "\(node.name):\($0)" }, name: node.name)
    return parts.map { .tensor($0) }
  }
}
