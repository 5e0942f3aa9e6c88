import PithGraph

/// The same numbers as another type, or on another device. All floating-point types are float32 here.
enum AtenCast: AtenReader {
  static let targets = [
    "to.dtype", "to.dtype_layout", "to.device", "to.other", "to.prim_Device", "to.prim_dtype",
    "_to_copy.default",
    "type_as.default", "copy.default",
  ]

  static func read(_ call: AtenCall) throws {
    var x = try call.first()
    let element = try call.resultElement()
    if call.name == "copy" {
      // The first argument gives the shape only.
      x = try call.expanded(try call.tensor("src"), to: try call.resultSizes(), "copied")
    }
    call.ignore(
      "dtype", "layout", "device", "pin_memory", "non_blocking", "copy", "memory_format", "other")
    try call.result(try call.cast(x, to: element, "cast"))
  }
}
