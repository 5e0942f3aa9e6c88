import PithGraph

/// Comparisons, which give truth values.
enum AtenComparison: AtenReader {
  private static let names = [
    "eq", "ne", "lt", "le", "gt", "ge", "not_equal", "less", "less_equal", "greater", "greater_equal",
  ]

  static let targets = names.flatMap { ["\($0).Tensor", "\($0).Scalar"] }

  static func read(_ call: AtenCall) throws {
    var (a, b, element) = try call.promoted("self", "other")
    if element == .bool {
      (a, b) = (try call.cast(a, to: .int32, "a"), try call.cast(b, to: .int32, "b"))
      element = .int32
    }
    switch call.name {
    case "eq": try call.result(Equal(), [a, b])
    case "ne", "not_equal": try call.result(Not(), [try call.add(Equal(), [a, b], "equal")])
    case "lt", "less": try call.result(Less(), [a, b])
    case "le", "less_equal": try call.result(LessOrEqual(), [a, b])
    case "gt", "greater": try call.result(Greater(), [a, b])
    default: try call.result(GreaterOrEqual(), [a, b])
    }
  }
}
