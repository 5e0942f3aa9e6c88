import PithGraph

/// Axes in reverse.
enum AtenFlip: AtenReader {
  static let targets = ["flip.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let axes = try (try call.ints("dims") ?? []).map { try Operands.axis($0, rank: try call.rank(x)) }
    if axes.isEmpty { return try call.result(x) }
    func list(_ number: Int, _ suffix: String) -> ValueID {
      call.constant(Array(repeating: number, count: axes.count), suffix)
    }
    try call.result(
      Slice(),
      [x, list(-1, "start"), list(Int.min + 1, "end"), call.constant(axes, "axes"), list(-1, "step")])
  }
}

/// Axes turned, what leaves at the end coming back at the beginning.
enum AtenRoll: AtenReader {
  static let targets = ["roll.default"]

  static func read(_ call: AtenCall) throws {
    var x = try call.first()
    let shifts = try call.ints("shifts") ?? []
    let axes = try call.ints("dims") ?? []
    guard shifts.count == axes.count, !axes.isEmpty else {
      throw GraphError("a roll of all elements is not supported; name the axes")
    }
    for (index, (shift, listed)) in zip(shifts, axes).enumerated() {
      let axis = try Operands.axis(listed, rank: try call.rank(x))
      let size = try call.knownSize(axis, of: x)
      guard size > 0 else { continue }
      let tail = ((shift % size) + size) % size
      guard tail != 0 else { continue }
      let parts = try call.add(
        Split(axis: axis, partCount: 2), [x, call.constant([size - tail, tail], "sizes\(index)")],
        "parts\(index)",
        count: 2)
      x = try call.add(Concat(axis: axis), [parts[1], parts[0]], "rolled\(index)")
    }
    try call.result(x)
  }
}
