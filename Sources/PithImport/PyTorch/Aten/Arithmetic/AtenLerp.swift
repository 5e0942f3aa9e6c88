import PithGraph

/// self + weight · (end - self), self + value · a · b, and self + value · a / b.
enum AtenLerp: AtenReader {
  static let targets = ["lerp.Scalar", "lerp.Tensor", "addcmul.default", "addcdiv.default"]

  static func read(_ call: AtenCall) throws {
    let element = try call.resultElement()
    let x = try call.operand("self", as: element)
    if call.name == "lerp" {
      let way = try call.add(Sub(), [try call.operand("end", as: element), x], "way")
      let step = try call.add(Mul(), [way, try call.operand("weight", as: element)], "step")
      return try call.result(Add(), [x, step])
    }
    let (a, b) = (try call.operand("tensor1", as: element), try call.operand("tensor2", as: element))
    var term = try call.add(call.name == "addcmul" ? Mul() : Div(), [a, b], "term")
    let value = try call.float("value") ?? 1
    if value != 1 { term = try call.add(Mul(), [term, call.scalar(value, element, "value")], "scaled") }
    try call.result(Add(), [x, term])
  }
}
