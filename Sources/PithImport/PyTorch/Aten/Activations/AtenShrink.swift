import PithGraph

/// Functions that are 0, or a constant, near 0: hard and soft shrinkage, and the threshold.
enum AtenShrink: AtenReader {
  static let targets = ["hardshrink.default", "softshrink.default", "threshold.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    if call.name == "threshold" {
      let element = try call.builder.type(x).element
      let limit = try call.operand("threshold", as: element)
      let isAbove = try call.add(Greater(), [x, limit], "above")
      return try call.result(Where(), [isAbove, x, try call.operand("value", as: element)])
    }
    let lambda = Float(try call.float("lambd") ?? 0.5)
    try call.result(Shrink(lambda: lambda, bias: call.name == "softshrink" ? lambda : 0), [x])
  }
}
