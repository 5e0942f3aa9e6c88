import PithGraph

/// Functions of one number, element by element.
enum TFUnary: TFReader {
  static let operators =
    Array(functions.keys) + ["Relu6", "LeakyRelu", "Square", "Rsqrt", "Expm1", "Log1p", "Erfc"]

  private static let functions: [String: any Operator] = [
    "Relu": Relu(), "Elu": Elu(), "Selu": Selu(), "Sigmoid": Sigmoid(), "Tanh": Tanh(),
    "Softplus": Softplus(),
    "Softsign": Softsign(), "Exp": Exp(), "Log": Log(), "Sqrt": Sqrt(), "Neg": Neg(), "Abs": Abs(),
    "Reciprocal": Reciprocal(), "Inv": Reciprocal(), "Erf": Erf(), "Floor": Floor(), "Ceil": Ceil(),
    "Round": Round(),
    "Rint": Round(), "Sign": Sign(), "Sin": Sin(), "Cos": Cos(), "Tan": Tan(), "Asin": Asin(), "Acos": Acos(),
    "Atan": Atan(), "Sinh": Sinh(), "Cosh": Cosh(), "Asinh": Asinh(), "Acosh": Acosh(), "Atanh": Atanh(),
    "LogicalNot": Not(),
  ]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    if let integers = try builder.integers(node, 0), let result = try integral(node.op, integers) {
      return [.integers(result)]
    }
    return [.tensor(try value(node, builder))]
  }

  private static func value(_ node: TFNode, _ builder: TFGraphBuilder) throws -> ValueID {
    let x = try builder.tensor(node, 0)
    func one() -> ValueID { builder.constant(node, "one", Tensor(1)) }
    switch node.op {
    case "Relu6":
      return try builder.emit(
        Clip(), node,
        [x, builder.constant(node, "low", Tensor(0)), builder.constant(node, "high", Tensor(6))])
    case "LeakyRelu":
      return try builder.emit(LeakyRelu(alpha: try node.float("alpha", default: 0.2)), node, [x])
    case "Square": return try builder.emit(Mul(), node, [x, x])
    case "Rsqrt": return try builder.emit(Reciprocal(), node, [try builder.part(Sqrt(), node, "sqrt", [x])])
    case "Expm1": return try builder.emit(Sub(), node, [try builder.part(Exp(), node, "exp", [x]), one()])
    case "Log1p": return try builder.emit(Log(), node, [try builder.part(Add(), node, "sum", [x, one()])])
    case "Erfc": return try builder.emit(Sub(), node, [one(), try builder.part(Erf(), node, "erf", [x])])
    default:
      guard let op = functions[node.op] else { throw GraphError("it is not a function of one number") }
      return try builder.emit(op, node, [x])
    }
  }

  private static func integral(_ op: String, _ x: TFIntegers) throws -> TFIntegers? {
    switch op {
    case "Neg": TFIntegers.combined(TFIntegers(0), x) { $0.minus($1) }
    case "Square": TFIntegers.combined(x, x) { try? $0.multiplied(by: $1) }
    default: nil
    }
  }
}
