import PithGraph

/// PAD by zeros, PADV2 by a value, and MIRROR_PAD.
enum TFLitePad: TFLiteReader {
  static let opTypes = ["PAD", "PADV2", "MIRROR_PAD"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    let x = try builder.required(node, 0)
    let rank = try builder.type(x).shape.rank
    guard let listed = try builder.integers(node, 1), listed.count == 2 * rank,
      listed.allSatisfy({ $0 >= 0 && $0 < 1 << 30 })
    else { throw GraphError("it needs two pads from 0 on for each of \(rank) axes") }
    let begins = stride(from: 0, to: listed.count, by: 2).map { listed[$0] }
    let ends = stride(from: 1, to: listed.count, by: 2).map { listed[$0] }
    let pads = builder.constant(node, "pads", Tensor(ints: begins + ends))
    switch node.opType {
    case "PAD": try builder.emit(Pad(), node, inputs: [x, pads], keeping: 0)
    case "PADV2":
      guard let value = try builder.constant(node, 2), value.count == 1, let number = value.floats?.first
      else {
        throw GraphError("the value to pad with must be one constant real")
      }
      try builder.emit(
        Pad(), node, inputs: [x, pads, builder.constant(node, "value", Tensor(number))], keeping: 0)
    default:
      if try node.options(.mirrorPad)?.number(0, Int8(0)) ?? 0 == 0 {
        return try builder.emit(Pad(mode: .reflect), node, inputs: [x, pads], keeping: 0)
      }
      try builder.bind(node, to: try symmetric(node, x, begins, ends, builder), keeping: 0)
    }
  }

  /// Mirrors at the border, its pixels included: slices in reverse order, joined.
  private static func symmetric(
    _ node: TFLiteNode, _ x: ValueID, _ begins: [Int], _ ends: [Int], _ builder: TFLiteGraphBuilder
  ) throws -> ValueID {
    var result = x
    for axis in begins.indices where begins[axis] + ends[axis] > 0 {
      guard let size = try builder.type(result).shape[axis].size, begins[axis] <= size, ends[axis] <= size
      else { throw GraphError("axis \(axis) is not as long as its mirrored pads") }
      func reversed(_ suffix: String, from start: Int, to end: Int) throws -> ValueID {
        func list(_ name: String, _ number: Int) -> ValueID {
          builder.constant(node, "\(suffix)\(axis).\(name)", Tensor(ints: [number]))
        }
        return try builder.part(
          Slice(), node, "\(suffix)\(axis)",
          [result, list("start", start), list("end", end), list("axis", axis), list("step", -1)])
      }
      var parts = [result]
      if begins[axis] > 0 {
        parts.insert(try reversed("before", from: begins[axis] - 1, to: -size - 1), at: 0)
      }
      if ends[axis] > 0 {
        parts.append(try reversed("after", from: size - 1, to: size - 1 - ends[axis] - size))
      }
      result = try builder.part(Concat(axis: axis), node, "mirrored\(axis)", parts)
    }
    return result
  }
}
