import PithGraph

/// The largest or smallest along an axis, and where it is.
enum AtenExtremum: AtenReader {
  static let targets = ["max.dim", "min.dim"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let axis = try call.axis("dim", of: x)
    let keeps = try call.bool("keepdim")
    let isLargest = call.name == "max"
    if call.isUsed(0) {
      let list = call.constant([axis], "axes")
      try call.result(
        isLargest ? ReduceMax(keepsDimensions: keeps) : ReduceMin(keepsDimensions: keeps), [x, list])
    }
    if call.isUsed(1) {
      let op: any Operator =
        isLargest ? ArgMax(axis: axis, keepsDimensions: keeps) : ArgMin(axis: axis, keepsDimensions: keeps)
      try call.result(try call.add(op, [x], "indices"), at: 1)
    }
  }
}

/// Where the largest or smallest is; without an axis, in all elements.
enum AtenArgExtreme: AtenReader {
  static let targets = ["argmax.default", "argmin.default"]

  static func read(_ call: AtenCall) throws {
    var x = try call.first()
    let keeps = try call.bool("keepdim")
    guard call.has("dim") else {
      call.ignore("dim")
      x = try call.add(Reshape(), [x, call.constant([-1], "flat")], "elements")
      let op: any Operator =
        call.name == "argmax"
        ? ArgMax(axis: 0, keepsDimensions: false) : ArgMin(axis: 0, keepsDimensions: false)
      return try call.result(op, [x])
    }
    let axis = try call.axis("dim", of: x)
    try call.result(
      call.name == "argmax"
        ? ArgMax(axis: axis, keepsDimensions: keeps) : ArgMin(axis: axis, keepsDimensions: keeps), [x])
  }
}
