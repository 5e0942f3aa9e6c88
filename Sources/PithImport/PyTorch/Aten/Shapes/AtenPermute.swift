import PithGraph

/// Axes in another order.
enum AtenPermute: AtenReader {
  static let targets = ["permute.default", "permute_copy.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let rank = try call.rank(x)
    let order = try (try call.ints("dims") ?? []).map { try Operands.axis($0, rank: rank) }
    try call.transpose(x, order)
  }
}

/// Two axes exchanged.
enum AtenTranspose: AtenReader {
  static let targets = [
    "transpose.int", "swapaxes.default", "swapdims.default", "t.default", "mT.default", "numpy_T.default",
    "T.default",
    "matrix_H.default", "mH.default",
  ]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let rank = try call.rank(x)
    var order = Array(0..<rank)
    switch call.name {
    case "t" where rank < 2: break
    case "numpy_T", "T": order.reverse()
    case "t", "mT", "mH", "matrix_H":
      guard rank >= 2 else { throw GraphError("a tensor of \(rank) axes is no matrix") }
      order.swapAt(rank - 2, rank - 1)
    default:
      let isNamed = call.name == "swapaxes"
      let a = try call.axis(isNamed ? "axis0" : "dim0", of: x)
      let b = try call.axis(isNamed ? "axis1" : "dim1", of: x)
      if rank > 0 { order.swapAt(a, b) }
    }
    try call.transpose(x, order)
  }
}

/// Axes moved to other places.
enum AtenMoveAxes: AtenReader {
  static let targets = ["movedim.int", "movedim.intlist", "moveaxis.int", "moveaxis.intlist"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let rank = try call.rank(x)
    let from = try (try call.ints("source") ?? []).map { try Operands.axis($0, rank: rank) }
    let to = try (try call.ints("destination") ?? []).map { try Operands.axis($0, rank: rank) }
    guard from.count == to.count, Set(from).count == from.count, Set(to).count == to.count else {
      throw GraphError("axes \(from) cannot be moved to \(to)")
    }
    var rest = (0..<rank).filter { !from.contains($0) }[...]
    let order = (0..<rank).map { place -> Int in
      if let index = to.firstIndex(of: place) { return from[index] }
      return rest.popFirst() ?? 0
    }
    try call.transpose(x, order)
  }
}

extension AtenCall {
  /// Makes the tensor with its axes in another order the result.
  func transpose(_ x: ValueID, _ order: [Int]) throws {
    guard order.sorted() == Array(0..<(try rank(x))) else {
      throw GraphError("\(order) is not an order of \(try rank(x)) axes")
    }
    if order == Array(order.indices) { return try result(x) }
    if builder.graph[x].constant?.floats != nil { return try result(try transposed(x, order, "transposed")) }
    try result(Transpose(permutation: order), [x])
  }
}
