import PithGraph

/// Powers; the common exponents without a logarithm.
enum AtenPower: AtenReader {
  static let targets = ["pow.Tensor_Scalar", "pow.Tensor_Tensor", "pow.Scalar"]

  static func read(_ call: AtenCall) throws {
    let element = try call.resultElement()
    let base = try call.operand("self", as: element)
    guard case .some(let argument) = call.peek("exponent"), let exponent = try call.number(argument) else {
      return try call.result(Pow(), [base, try call.operand("exponent", as: element)])
    }
    call.ignore("exponent")
    switch exponent {
    case 1: try call.result(base)
    case 2: try call.result(Mul(), [base, base])
    case 3: try call.result(Mul(), [try call.add(Mul(), [base, base], "square"), base])
    case 0.5 where element.isFloatingPoint: try call.result(Sqrt(), [base])
    case -1 where element.isFloatingPoint: try call.result(Reciprocal(), [base])
    case -0.5 where element.isFloatingPoint:
      try call.result(Reciprocal(), [try call.add(Sqrt(), [base], "sqrt")])
    default: try call.result(Pow(), [base, call.scalar(exponent, element, "exponent")])
    }
  }
}
