import PithGraph

/// Elements of two tensors, taken by a condition.
enum AtenWhere: AtenReader {
  static let targets = ["where.self", "where.Scalar", "where.ScalarSelf", "where.ScalarOther"]

  static func read(_ call: AtenCall) throws {
    let element = try call.resultElement()
    let condition = try call.operand("condition", as: .bool)
    try call.result(
      Where(), [condition, try call.operand("self", as: element), try call.operand("other", as: element)])
  }
}

/// A tensor with one number where a mask is set.
enum AtenMaskedFill: AtenReader {
  static let targets = ["masked_fill.Scalar", "masked_fill.Tensor"]

  static func read(_ call: AtenCall) throws {
    let element = try call.resultElement()
    let x = try call.operand("self", as: element)
    try call.result(
      Where(), [try call.operand("mask", as: .bool), try call.operand("value", as: element), x])
  }
}
