import PithGraph

/// Joins tensors along an axis, which is the last operand, or the first of the older form.
enum TFConcat: TFReader {
  static let operators = ["ConcatV2", "Concat"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let last = node.inputs.count - 1
    guard last >= 1 else { throw GraphError("it has no operands") }
    let isOld = node.op == "Concat"
    let axis = try builder.number(node, isOld ? 0 : last, "the axis")
    let parts = isOld ? 1..<(last + 1) : 0..<last
    let integers = try parts.compactMap { try builder.integers(node, $0) }
    if integers.count == parts.count, let rank = integers.first?.shape.count,
      let result = TFIntegers.joined(integers, axis: try Operands.axis(axis, rank: rank))
    {
      return [.integers(result)]
    }
    return [.tensor(try builder.emit(Concat(axis: axis), node, try builder.tensors(node, parts)))]
  }
}
