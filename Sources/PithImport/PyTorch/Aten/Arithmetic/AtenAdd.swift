import PithGraph

/// self + alpha · other, self - alpha · other, and other - alpha · self.
enum AtenAdd: AtenReader {
  static let targets = ["add", "sub", "subtract", "rsub"].flatMap { ["\($0).Tensor", "\($0).Scalar"] }

  static func read(_ call: AtenCall) throws {
    let element = try call.resultElement()
    var (a, b) = (try call.operand("self", as: element), try call.operand("other", as: element))
    if call.name == "rsub" { (a, b) = (b, a) }
    let alpha = try call.float("alpha") ?? 1
    if alpha != 1 { b = try call.add(Mul(), [b, call.scalar(alpha, element, "alpha")], "scaled") }
    if element == .bool {
      guard call.name == "add" else { throw GraphError("truth values cannot be subtracted") }
      return try call.result(Or(), [a, b])
    }
    try call.result(call.name == "add" ? Add() : Sub(), [a, b])
  }
}
