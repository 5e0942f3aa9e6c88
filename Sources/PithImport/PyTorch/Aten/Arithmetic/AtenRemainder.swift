import PithGraph

/// Remainders: `fmod` with the sign of the dividend, `remainder` with that of the divisor.
enum AtenRemainder: AtenReader {
  static let targets = ["fmod.Scalar", "fmod.Tensor", "remainder.Scalar", "remainder.Tensor"]

  static func read(_ call: AtenCall) throws {
    let element = try call.resultElement()
    let (a, b) = (try call.operand("self", as: element), try call.operand("other", as: element))
    if call.name == "fmod" { return try call.result(Mod(truncates: true), [a, b]) }
    guard element.isFloatingPoint else { return try call.result(Mod(), [a, b]) }
    let whole = try call.add(Floor(), [try call.add(Div(), [a, b], "quotient")], "floor")
    try call.result(Sub(), [a, try call.add(Mul(), [whole, b], "even")])
  }
}
