import PithGraph

/// Functions of one number that are made of others.
enum AtenComposed: AtenReader {
  private static let names = [
    "rsqrt", "log1p", "log2", "log10", "expm1", "exp2", "square", "trunc", "fix", "frac", "log_sigmoid",
    "tanhshrink",
    "erfc", "deg2rad", "rad2deg", "logit",
  ]

  static let targets = names.map { "\($0).default" }

  static func read(_ call: AtenCall) throws {
    let x = try call.firstFloating()
    func number(_ value: Double, _ suffix: String) -> ValueID { call.scalar(value, .float32, suffix) }
    func truncated() throws -> ValueID {
      let size = try call.add(Floor(), [try call.add(Abs(), [x], "abs")], "floor")
      return try call.add(Mul(), [try call.add(Sign(), [x], "sign"), size], "trunc")
    }
    switch call.name {
    case "rsqrt": try call.result(Reciprocal(), [try call.add(Sqrt(), [x], "sqrt")])
    case "log1p": try call.result(Log(), [try call.add(Add(), [x, number(1, "one")], "sum")])
    case "log2":
      try call.result(Mul(), [try call.add(Log(), [x], "log"), number(1.442_695_040_888_963_4, "factor")])
    case "log10":
      try call.result(Mul(), [try call.add(Log(), [x], "log"), number(0.434_294_481_903_251_8, "factor")])
    case "expm1": try call.result(Sub(), [try call.add(Exp(), [x], "exp"), number(1, "one")])
    case "exp2":
      try call.result(
        Exp(), [try call.add(Mul(), [x, number(0.693_147_180_559_945_3, "factor")], "product")])
    case "square": try call.result(Mul(), [x, x])
    case "trunc", "fix": try call.result(try truncated())
    case "frac": try call.result(Sub(), [x, try truncated()])
    case "log_sigmoid":
      try call.result(Neg(), [try call.add(Softplus(), [try call.add(Neg(), [x], "neg")], "softplus")])
    case "tanhshrink": try call.result(Sub(), [x, try call.add(Tanh(), [x], "tanh")])
    case "erfc": try call.result(Sub(), [number(1, "one"), try call.add(Erf(), [x], "erf")])
    case "deg2rad": try call.result(Mul(), [x, number(Double.pi / 180, "factor")])
    case "rad2deg": try call.result(Mul(), [x, number(180 / Double.pi, "factor")])
    case "logit":
      guard !call.has("eps") else { throw GraphError("argument 'eps' of logit is not supported") }
      call.ignore("eps")
      let rest = try call.add(Sub(), [number(1, "one"), x], "rest")
      try call.result(Log(), [try call.add(Div(), [x, rest], "odds")])
    default: break
    }
  }
}
