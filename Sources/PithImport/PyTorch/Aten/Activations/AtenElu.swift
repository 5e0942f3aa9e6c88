import PithGraph

/// x where x > 0, else alpha · (exp(x) - 1), and what is made of it: scaled it is SELU, stretched CELU.
enum AtenElu: AtenReader {
  static let targets = ["elu.default", "celu.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let alpha = try call.float("alpha") ?? 1
    if call.name == "celu" { return try call.result(Celu(alpha: Float(alpha)), [x]) }
    let (scale, inputScale) = (try call.float("scale") ?? 1, try call.float("input_scale") ?? 1)
    if inputScale == 1, scale == 1 {
      try call.result(Elu(alpha: Float(alpha)), [x])
    } else if inputScale == 1 {
      try call.result(Selu(alpha: Float(alpha), gamma: Float(scale)), [x])
    } else if scale == 1, abs(alpha * inputScale - 1) < 1e-6 {
      try call.result(Celu(alpha: Float(alpha)), [x])
    } else {
      throw GraphError(
        "alpha \(alpha), scale \(scale) and input_scale \(inputScale) are not supported together")
    }
  }
}
