import PithGraph

/// The slices of a tensor along an axis, each without it.
enum TFUnpack: TFReader {
  static let operators = ["Unpack"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let listed = try node.int("axis", default: 0)
    if case .integers(let integers) = try builder.known(node, 0) {
      let axis = try Operands.axis(listed, rank: integers.shape.count)
      return try (0..<integers.shape[axis]).map { index in
        guard let slice = integers.gathered(TFIntegers(.fixed(index)), axis: axis) else {
          throw GraphError("its operand cannot be taken apart")
        }
        return .integers(slice)
      }
    }
    let x = try builder.tensor(node, 0)
    let shape = try builder.type(x).shape
    let axis = try Operands.axis(listed, rank: shape.rank)
    guard let count = shape[axis].size, count > 0, count <= 4096 else {
      throw GraphError("axis \(axis) of \(shape) cannot be taken apart; its size must be from 1 to 4096")
    }
    let parts = try builder.add(
      Split(axis: axis, partCount: count), [x], outputs: (0..<count).map { "\(node.name).part\($0)" },
      name: "\(node.name).split")
    return try parts.enumerated().map {
      .tensor(try builder.add(Squeeze(), [$1, builder.list([axis])], name: "\(node.name):\($0)"))
    }
  }
}
