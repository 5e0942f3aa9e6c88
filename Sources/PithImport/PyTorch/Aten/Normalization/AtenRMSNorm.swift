import PithGraph

/// x / √(mean(x²) + ε) · scale over the last axes.
///
/// Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019.
enum AtenRMSNorm: AtenReader {
  static let targets = ["rms_norm.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.tensor("input")
    let shape = try call.ints("normalized_shape") ?? []
    let scale = try call.optionalTensor("weight")
    let epsilon = try call.float("eps") ?? Double(Float.ulpOfOne)
    let rank = try call.rank(x)
    guard !shape.isEmpty, shape.count <= rank else {
      throw GraphError("normalized_shape \(shape) does not fit its input")
    }
    let axes = call.constant(Array((rank - shape.count)..<rank), "axes")
    let mean = try call.add(ReduceMean(), [try call.add(Mul(), [x, x], "square"), axes], "mean")
    let sum = try call.add(Add(), [mean, call.scalar(epsilon, .float32, "epsilon")], "sum")
    let value = try call.add(Div(), [x, try call.add(Sqrt(), [sum], "root")], "normalized")
    if let scale { try call.result(Mul(), [value, scale]) } else { try call.result(value) }
  }
}
