import PithGraph

/// The axes in another order.
enum TFTranspose: TFReader {
  static let operators = ["Transpose"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let order = try builder.numbers(node, 1, "the order of the axes")
    if case .integers(let integers) = try builder.known(node, 0),
      order.sorted() == Array(integers.shape.indices),
      let result = integers.transposed(order)
    {
      return [.integers(result)]
    }
    return [.tensor(try builder.emit(Transpose(permutation: order), node, [try builder.tensor(node, 0)]))]
  }
}
