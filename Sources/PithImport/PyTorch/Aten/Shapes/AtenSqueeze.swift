import PithGraph

/// Axes of 1 dropped; others that are named stay.
enum AtenSqueeze: AtenReader {
  static let targets = ["squeeze.default", "squeeze.dim", "squeeze.dims"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let sizes = try call.dimensions(x)
    let named = try call.ints("dim").map {
      try Set($0.map { try Operands.axis($0, rank: max(1, sizes.count)) })
    }
    let axes = sizes.indices.filter { sizes[$0] == 1 && named?.contains($0) ?? true }
    if axes.isEmpty { return try call.result(x) }
    try call.result(Squeeze(), [x, call.constant(Array(axes), "axes")])
  }
}

/// A new axis of 1.
enum AtenUnsqueeze: AtenReader {
  static let targets = ["unsqueeze.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    guard let axis = try call.int("dim") else { throw GraphError("argument 'dim' is missing") }
    let place = try Operands.axis(axis, rank: try call.rank(x) + 1)
    try call.result(Unsqueeze(), [x, call.constant([place], "axes")])
  }
}
