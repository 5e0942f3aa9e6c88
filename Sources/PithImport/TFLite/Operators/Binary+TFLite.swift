import PithGraph

/// Functions, comparisons and logic of two operands, with NumPy's broadcasting.
enum TFLiteBinary: TFLiteReader {
  private static let functions: [String: any Operator] = [
    "MAXIMUM": Max(), "MINIMUM": Min(), "POW": Pow(), "PRELU": PRelu(), "EQUAL": Equal(), "LESS": Less(),
    "LESS_EQUAL": LessOrEqual(), "GREATER": Greater(), "GREATER_EQUAL": GreaterOrEqual(),
    "LOGICAL_AND": And(), "LOGICAL_OR": Or(),
  ]

  static let opTypes = functions.keys.sorted() + ["NOT_EQUAL", "FLOOR_DIV", "FLOOR_MOD"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    if let op = functions[node.opType] { return try builder.emit(op, node) }
    let (x, y) = (try builder.required(node, 0), try builder.required(node, 1))
    if node.opType == "NOT_EQUAL" {
      let equal = try builder.part(Equal(), node, "equal", [x, y])
      return try builder.emit(Not(), node, inputs: [equal])
    }
    guard try builder.type(x).element.isFloatingPoint else {
      throw GraphError("it works on \(try builder.type(x).element.rawValue), and only reals are supported")
    }
    let quotient = try builder.part(Div(), node, "quotient", [x, y])
    if node.opType == "FLOOR_DIV" { return try builder.emit(Floor(), node, inputs: [quotient]) }
    let whole = try builder.part(Floor(), node, "whole", [quotient])
    let product = try builder.part(Mul(), node, "product", [whole, y])
    try builder.emit(Sub(), node, inputs: [x, product])
  }
}
