import PithGraph

/// Products and quotients.
enum AtenMultiply: AtenReader {
  static let targets = [
    "mul.Tensor", "mul.Scalar", "multiply.Tensor", "div.Tensor", "div.Scalar", "div.Tensor_mode",
    "div.Scalar_mode",
    "true_divide.Tensor", "divide.Tensor", "floor_divide.default",
  ]

  static func read(_ call: AtenCall) throws {
    let element = try call.resultElement()
    let (a, b) = (try call.operand("self", as: element), try call.operand("other", as: element))
    switch call.name {
    case "mul", "multiply": try call.result(element == .bool ? And() : Mul(), [a, b])
    case "floor_divide": try divide(a, b, rounding: "floor", call, element)
    default: try divide(a, b, rounding: try call.string("rounding_mode"), call, element)
    }
  }

  private static func divide(
    _ a: ValueID, _ b: ValueID, rounding: String?, _ call: AtenCall, _ element: ElementType
  ) throws {
    switch rounding {
    case nil: try call.result(Div(), [a, b])
    case "floor" where element.isFloatingPoint:
      try call.result(Floor(), [try call.add(Div(), [a, b], "quotient")])
    case "floor":
      // Integer division truncates: what is left over is taken off first.
      let rest = try call.add(Mod(), [a, b], "rest")
      try call.result(Div(), [try call.add(Sub(), [a, rest], "even"), b])
    case "trunc" where element.isFloatingPoint:
      let quotient = try call.add(Div(), [a, b], "quotient")
      let size = try call.add(Floor(), [try call.add(Abs(), [quotient], "abs")], "floor")
      try call.result(Mul(), [try call.add(Sign(), [quotient], "sign"), size])
    case "trunc": try call.result(Div(), [a, b])
    case let mode?: throw GraphError("rounding_mode '\(mode.printable())' is not known")
    }
  }
}
