import PithGraph

/// Logic of truth values; of numbers, whether they are not 0 counts.
enum AtenLogic: AtenReader {
  static let targets = [
    "logical_and.default", "logical_or.default", "logical_xor.default", "logical_not.default",
  ]

  static func read(_ call: AtenCall) throws {
    let a = try call.operand("self", as: .bool)
    if call.name == "logical_not" { return try call.result(Not(), [a]) }
    let b = try call.operand("other", as: .bool)
    switch call.name {
    case "logical_and": try call.result(And(), [a, b])
    case "logical_or": try call.result(Or(), [a, b])
    default: try call.result(Xor(), [a, b])
    }
  }
}
