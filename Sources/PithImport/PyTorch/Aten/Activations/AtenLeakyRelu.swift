import PithGraph

/// Leaky ReLU, and RReLU, which is the same once it is trained.
enum AtenLeakyRelu: AtenReader {
  static let targets = [
    "leaky_relu.default", "rrelu.default", "rrelu_with_noise.default", "rrelu_with_noise_functional.default",
  ]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    if call.name == "leaky_relu" {
      return try call.result(LeakyRelu(alpha: Float(try call.float("negative_slope") ?? 0.01)), [x])
    }
    guard try !call.bool("training") else {
      throw GraphError("it draws random slopes; export the model in evaluation mode: model.eval()")
    }
    call.ignore("noise", "generator")
    let (low, high) = (try call.float("lower") ?? 0.125, try call.float("upper") ?? 1.0 / 3)
    try call.result(LeakyRelu(alpha: Float((low + high) / 2)), [x])
  }
}
