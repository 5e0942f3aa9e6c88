import PithGraph

/// Tensors joined along an axis.
enum AtenConcat: AtenReader {
  static let targets = ["cat.default", "concat.default", "concatenate.default"]

  static func read(_ call: AtenCall) throws {
    let element = try call.resultElement()
    // PyTorch skips vectors of no elements, whatever the shape of the others.
    let parts = try call.tensors("tensors").filter { try call.dimensions($0) != [0] }
    guard let first = parts.first else { throw GraphError("it has nothing to join") }
    let axis = try call.axis("dim", of: first, default: 0)
    let operands = try parts.enumerated().map { try call.cast($1, to: element, "part\($0)") }
    if operands.count == 1 { return try call.result(Identity(), operands) }
    try call.result(Concat(axis: axis), operands)
  }
}

/// Tensors joined along a new axis.
enum AtenStack: AtenReader {
  static let targets = ["stack.default"]

  static func read(_ call: AtenCall) throws {
    let element = try call.resultElement()
    let parts = try call.tensors("tensors")
    guard let first = parts.first else { throw GraphError("it has nothing to join") }
    let axis = try Operands.axis(try call.int("dim") ?? 0, rank: try call.rank(first) + 1)
    let list = call.constant([axis], "axis")
    let operands = try parts.enumerated().map { index, part in
      try call.add(Unsqueeze(), [try call.cast(part, to: element, "part\(index)"), list], "layer\(index)")
    }
    if operands.count == 1 { return try call.result(operands[0]) }
    try call.result(Concat(axis: axis), operands)
  }
}
