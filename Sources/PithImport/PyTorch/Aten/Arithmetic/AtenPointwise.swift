import PithGraph

/// Functions of one number that the graph has as they are.
enum AtenPointwise: AtenReader {
  private static let operators: [String: any Operator] = [
    "abs": Abs(), "acos": Acos(), "acosh": Acosh(), "arccos": Acos(), "arcsin": Asin(), "arctan": Atan(),
    "asin": Asin(), "asinh": Asinh(), "atan": Atan(), "atanh": Atanh(), "ceil": Ceil(), "cos": Cos(),
    "cosh": Cosh(),
    "erf": Erf(), "exp": Exp(), "floor": Floor(), "hardsigmoid": HardSigmoid(alpha: 1 / 6, beta: 0.5),
    "hardswish": HardSwish(), "log": Log(), "mish": Mish(), "neg": Neg(), "negative": Neg(),
    "reciprocal": Reciprocal(), "relu": Relu(), "round": Round(), "selu": Selu(), "sigmoid": Sigmoid(),
    "sign": Sign(), "sgn": Sign(), "silu": Swish(), "sin": Sin(), "sinh": Sinh(), "softsign": Softsign(),
    "sqrt": Sqrt(), "tan": Tan(), "tanh": Tanh(),
  ]

  static let targets = operators.keys.map { "\($0).default" }

  static func read(_ call: AtenCall) throws {
    guard let op = operators[call.name] else { return }
    let isNumeric = op is any NumericFunction || op is Relu
    try call.result(op, [isNumeric ? try call.first() : try call.firstFloating()])
  }
}
