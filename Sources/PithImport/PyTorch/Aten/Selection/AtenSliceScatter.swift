import PithGraph

/// A tensor with a range along an axis, or one slice, taken from another.
enum AtenSliceScatter: AtenReader {
  static let targets = ["slice_scatter.default", "select_scatter.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let element = try call.builder.type(x).element
    var source = try call.cast(try call.tensor("src"), to: element, "src")
    let axis = try call.axis("dim", of: x, default: 0)
    let size = try call.dimensions(x)[axis]
    let start: Int
    let end: Int
    if call.name == "select_scatter" {
      let known = try call.knownSize(axis, of: x)
      start = try Operands.axis(try call.int("index") ?? 0, rank: known)
      end = start + 1
      source = try call.add(Unsqueeze(), [source, call.constant([axis], "axes")], "slice")
    } else {
      guard try call.int("step") ?? 1 == 1 else { throw GraphError("a step other than 1 is not supported") }
      let from = try call.int("start") ?? 0
      let to = try call.size("end")
      if from == 0, to == nil || to == size || to?.size ?? 0 >= size.size ?? Int.max - 1 {
        return try call.result(source)
      }
      let known = try call.knownSize(axis, of: x)
      func clamped(_ index: Int) -> Int { min(known, max(0, index < 0 ? index + known : index)) }
      start = clamped(from)
      end = max(start, to.flatMap(\.size).map(clamped) ?? known)
    }
    let known = try call.knownSize(axis, of: x)
    func part(_ from: Int, _ to: Int, _ suffix: String) throws -> ValueID? {
      guard from < to else { return nil }
      return try call.add(
        Slice(),
        [
          x, call.constant([from], "\(suffix).start"), call.constant([to], "\(suffix).end"),
          call.constant([axis], "\(suffix).axis"),
        ], suffix)
    }
    let parts = [try part(0, start, "before"), source, try part(end, known, "after")].compactMap(\.self)
    if parts.count == 1 { return try call.result(source) }
    try call.result(Concat(axis: axis), parts)
  }
}
