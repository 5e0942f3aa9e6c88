import PithGraph

/// A tensor repeated to a shape that it broadcasts to.
enum AtenExpand: AtenReader {
  static let targets = ["expand.default", "expand_as.default", "broadcast_to.default", "expand_copy.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    call.ignore("size", "implicit", "other")
    try call.result(try call.expanded(x, to: try call.resultSizes(), "expanded"))
  }
}

extension AtenCall {
  /// A tensor of those sizes, which the given one broadcasts to.
  func expanded(_ x: ValueID, to sizes: [Dimension], _ suffix: String) throws -> ValueID {
    let before = try dimensions(x)
    guard before != sizes else { return x }
    guard before.count <= sizes.count else {
      throw GraphError("\(Shape(before)) cannot become \(Shape(sizes))")
    }
    // An axis that stays is 1 in the operand, whatever its size.
    let kept = Array(repeating: Dimension.fixed(-1), count: sizes.count - before.count) + before
    let wanted = zip(kept, sizes).map { $0 == $1 ? Dimension.fixed(1) : $1 }
    return try add(Expand(), [x, try builder.sizeOperand(wanted, name: "\(label).\(suffix)")], suffix)
  }
}
