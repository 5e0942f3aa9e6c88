import PithGraph

/// Bounds on the elements, as numbers or tensors.
enum AtenClamp: AtenReader {
  static let targets = [
    "clamp.default", "clamp.Tensor", "clip.default", "clamp_min.default", "clamp_max.default",
    "clamp_min.Tensor",
    "clamp_max.Tensor", "hardtanh.default", "relu6.default",
  ]

  static func read(_ call: AtenCall) throws {
    let element = try call.resultElement()
    let x = try call.cast(try call.first(), to: element, "x")
    if call.target.hasSuffix(".Tensor") {
      var value = x
      if call.has("min") {
        value = try call.add(Max(), [value, try call.operand("min", as: element)], "above")
      }
      if call.has("max") {
        value = try call.add(Min(), [value, try call.operand("max", as: element)], "below")
      }
      return try call.result(value)
    }
    let (low, high): (Double?, Double?) =
      switch call.name {
      case "relu6": (0, 6)
      case "hardtanh": (try call.float("min_val") ?? -1, try call.float("max_val") ?? 1)
      default: (try call.float("min"), try call.float("max"))
      }
    try call.result(
      Clip(), [x, low.map { call.scalar($0, element, "min") }, high.map { call.scalar($0, element, "max") }])
  }
}
