import PithGraph

/// Functions of one operand, element by element.
enum TFLiteUnary: TFLiteReader {
  private static let functions: [String: any Operator] = [
    "ABS": Abs(), "CEIL": Ceil(), "COS": Cos(), "ELU": Elu(), "EXP": Exp(), "FLOOR": Floor(), "LOG": Log(),
    "LOGICAL_NOT": Not(), "NEG": Neg(), "ROUND": Round(), "SIGN": Sign(), "SIN": Sin(), "SQRT": Sqrt(),
  ]

  static let opTypes = functions.keys.sorted() + ["GELU", "RSQRT", "SQUARE"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    let x = try builder.required(node, 0)
    switch node.opType {
    case "GELU":
      let op = Gelu(approximatesTanh: try node.options(.gelu)?.bool(0) ?? false)
      try builder.emit(op, node, inputs: [x])
    case "RSQRT":
      let root = try builder.part(Sqrt(), node, "root", [x])
      try builder.emit(Reciprocal(), node, inputs: [root])
    case "SQUARE": try builder.emit(Mul(), node, inputs: [x, x])
    default:
      guard let op = functions[node.opType] else { return }
      try builder.emit(op, node, inputs: [x])
    }
  }
}
