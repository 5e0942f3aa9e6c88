import PithGraph

extension AtenCall {
  /// A list of one number for each spatial axis; one alone stands for all.
  func perAxis(_ name: String, _ rank: Int, default value: Int) throws -> [Int] {
    let list = try ints(name) ?? []
    if list.isEmpty { return Array(repeating: value, count: rank) }
    if list.count == 1 { return Array(repeating: list[0], count: rank) }
    guard list.count == rank else { throw GraphError("argument '\(name)' is \(list) for \(rank) axes") }
    return list
  }

  /// A single sample, which has no batch axis, gets one for `body` and loses it again.
  func batched(_ x: ValueID, rank: Int, _ body: (ValueID) throws -> (any Operator, [ValueID?])) throws {
    guard try self.rank(x) == rank - 1 else {
      let (op, inputs) = try body(x)
      return try result(op, inputs)
    }
    let axis = constant([0], "batch")
    let (op, inputs) = try body(try add(Unsqueeze(), [x, axis], "batched"))
    try result(Squeeze(), [try add(op, inputs, "sample"), axis])
  }
}
