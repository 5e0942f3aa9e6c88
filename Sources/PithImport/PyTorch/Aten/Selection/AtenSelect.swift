import PithGraph

/// One slice along an axis, which is dropped.
enum AtenSelect: AtenReader {
  static let targets = ["select.int", "select_copy.int"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let axis = try call.axis("dim", of: x)
    guard let index = try call.int("index") else { throw GraphError("argument 'index' is missing") }
    try call.result(Gather(axis: axis), [x, call.constant(Tensor(shape: [], ints: [index]), "index")])
  }
}

/// A range along an axis.
enum AtenSlice: AtenReader {
  static let targets = ["slice.Tensor", "slice_copy.Tensor", "narrow.default", "narrow_copy.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let axis = try call.axis("dim", of: x, default: 0)
    let size = try call.dimensions(x)[axis]
    let start = try call.int("start") ?? 0
    var end = Int.max
    var step = 1
    if call.name.hasPrefix("narrow") {
      let from = start < 0 ? start + (size.size ?? 0) : start
      guard let length = try call.int("length"), length >= 0, !from.addingReportingOverflow(length).overflow
      else {
        throw GraphError("argument 'length' is missing")
      }
      end = from + length
    } else {
      step = try call.int("step") ?? 1
      if let limit = try call.size("end") {
        // All of an axis may be written as its size.
        guard let number = limit == size ? .max : limit.size else {
          throw GraphError("a slice ends at '\(limit)'; export the model with fixed sizes")
        }
        end = number
      }
    }
    let isAll = start == 0 && step == 1 && (end >= size.size ?? Int.max - 1)
    if isAll { return try call.result(x) }
    func list(_ number: Int, _ suffix: String) -> ValueID { call.constant([number], suffix) }
    try call.result(
      Slice(),
      [x, list(start, "start"), list(end, "end"), list(axis, "axis"), step == 1 ? nil : list(step, "step")])
  }
}
