import PithGraph

/// Logic of the bits of integers, and of truth values.
enum AtenBitwise: AtenReader {
  private static let names = ["bitwise_and", "bitwise_or", "bitwise_xor", "__and__", "__or__", "__xor__"]

  static let targets = names.flatMap { ["\($0).Tensor", "\($0).Scalar"] } + ["bitwise_not.default"]

  static func read(_ call: AtenCall) throws {
    if call.name == "bitwise_not" {
      let x = try call.first()
      return try call.result(try call.builder.type(x).element == .bool ? Not() : BitwiseNot(), [x])
    }
    let (a, b, element) = try call.promoted("self", "other")
    let isLogic = element == .bool
    let op: any Operator =
      switch call.name {
      case "bitwise_and", "__and__": isLogic ? And() : BitwiseAnd()
      case "bitwise_or", "__or__": isLogic ? Or() : BitwiseOr()
      default: isLogic ? Xor() : BitwiseXor()
      }
    try call.result(op, [a, b])
  }
}
