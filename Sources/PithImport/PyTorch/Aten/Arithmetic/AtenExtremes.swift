import PithGraph

/// The larger or smaller of two tensors, element by element.
enum AtenExtremes: AtenReader {
  static let targets = [
    "maximum.default", "minimum.default", "max.other", "min.other", "fmax.default", "fmin.default",
  ]

  static func read(_ call: AtenCall) throws {
    let element = try call.resultElement()
    let operands = [try call.operand("self", as: element), try call.operand("other", as: element)]
    let isLarger = call.name.contains("max")
    if element == .bool { return try call.result(isLarger ? Or() : And(), operands) }
    try call.result(isLarger ? Max() : Min(), operands)
  }
}
