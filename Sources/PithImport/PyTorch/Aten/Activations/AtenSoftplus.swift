import PithGraph

/// log(1 + exp(beta · x)) / beta. Beyond the threshold PyTorch gives x, from which it does not differ in float32.
enum AtenSoftplus: AtenReader {
  static let targets = ["softplus.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let beta = try call.float("beta") ?? 1
    let threshold = try call.float("threshold") ?? 20
    guard threshold >= 16 else { throw GraphError("a threshold of \(threshold) is not supported") }
    if beta == 1 { return try call.result(Softplus(), [x]) }
    let factor = call.scalar(beta, .float32, "beta")
    let inner = try call.add(Softplus(), [try call.add(Mul(), [x, factor], "scaled")], "softplus")
    try call.result(Div(), [inner, factor])
  }
}
