import PithGraph

/// A tensor laid several times side by side; with more numbers than axes, new axes come in front.
enum AtenRepeat: AtenReader {
  static let targets = ["repeat.default", "tile.default"]

  static func read(_ call: AtenCall) throws {
    var x = try call.first()
    var times = try call.sizes(call.name == "repeat" ? "repeats" : "dims") ?? []
    let sizes = try call.dimensions(x)
    if times.count < sizes.count {
      guard call.name == "tile" else {
        throw GraphError("\(times.count) repeats do not fit \(sizes.count) axes")
      }
      times = Array(repeating: 1, count: sizes.count - times.count) + times
    }
    if times.count > sizes.count {
      let new = Array(0..<(times.count - sizes.count))
      x = try call.add(Unsqueeze(), [x, call.constant(new, "axes")], "widened")
    }
    if times.allSatisfy({ $0 == 1 }) { return try call.result(x) }
    try call.result(Tile(), [x, try call.builder.sizeOperand(times, name: call.label)])
  }
}

/// Every slice along an axis several times after the other.
enum AtenRepeatInterleave: AtenReader {
  static let targets = ["repeat_interleave.self_int"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    guard let times = try call.int("repeats"), times > 0, call.has("dim") else {
      throw GraphError("it needs a number of repeats and an axis")
    }
    call.ignore("output_size")
    let axis = try call.axis("dim", of: x)
    let rank = try call.rank(x)
    let wide = try call.add(Unsqueeze(), [x, call.constant([axis + 1], "axis")], "widened")
    var list = Array(repeating: 1, count: rank + 1)
    list[axis + 1] = times
    let tiled = try call.add(Tile(), [wide, call.constant(list, "times")], "tiled")
    try call.result(try call.reshaped(tiled, to: try call.resultSizes(), "result"))
  }
}
