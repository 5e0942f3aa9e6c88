import PithGraph

/// The same elements under another shape.
enum AtenView: AtenReader {
  static let targets = [
    "view.default", "reshape.default", "_unsafe_view.default", "view_as.default", "reshape_as.default",
    "unflatten.int", "_reshape_alias.default", "view_copy.default",
  ]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    // The program notes the result's shape, in which no size is left open.
    call.ignore("size", "shape", "other", "dim", "sizes", "stride")
    let sizes = try call.resultSizes()
    guard try call.dimensions(x) != sizes else { return try call.result(x) }
    try call.result(
      Reshape(allowsZero: sizes.contains(0)),
      [x, try call.builder.reshapeOperand(sizes, of: x, name: call.label)])
  }
}

/// Several axes as one.
enum AtenFlatten: AtenReader {
  static let targets = ["flatten.using_ints"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let rank = try call.rank(x)
    let start = try call.axis("start_dim", of: x, default: 0)
    let end = try call.axis("end_dim", of: x, default: -1)
    if start == end, rank > 0 { return try call.result(x) }
    if start == 1, end == rank - 1 { return try call.result(Flatten(axis: 1), [x]) }
    let sizes = try call.resultSizes()
    try call.result(Reshape(), [x, try call.builder.reshapeOperand(sizes, of: x, name: call.label)])
  }
}
