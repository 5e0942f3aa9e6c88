import PithGraph

/// Batch normalization by recorded statistics. By those of the batch itself only where it is how instance normalization is
/// written out.
enum AtenBatchNorm: AtenReader {
  static let targets = [
    "batch_norm.default", "_native_batch_norm_legit_no_training.default", "native_batch_norm.default",
    "cudnn_batch_norm.default", "_batch_norm_no_update.default", "_native_batch_norm_legit.default",
    "_native_batch_norm_legit.no_stats",
  ]

  static func read(_ call: AtenCall) throws {
    let x = try call.tensor("input")
    let (scale, bias) = (try call.optionalTensor("weight"), try call.optionalTensor("bias"))
    let (mean, variance) = (try call.optionalTensor("running_mean"), try call.optionalTensor("running_var"))
    let isTraining = try call.bool("training")
    let epsilon = try call.float(call.target.hasPrefix("cudnn") ? "epsilon" : "eps") ?? 1e-5
    call.ignore("momentum", "exponential_average_factor", "cudnn_enabled")
    if mean == nil, variance == nil { return try normalize(call, x, scale, bias, epsilon) }
    guard !isTraining else {
      throw GraphError(
        "it normalizes by the statistics of the batch; export the model in evaluation mode: model.eval()")
    }
    guard let mean, let variance, try call.rank(x) >= 2 else {
      throw GraphError("its statistics are missing; export the model again")
    }
    let channels = try call.knownSize(0, of: mean)
    try call.result(
      BatchNormalization(epsilon: Float(epsilon)),
      [
        x, try scale ?? call.vector(channels, 1, "scale"), try bias ?? call.vector(channels, 0, "bias"), mean,
        variance,
      ])
  }

  /// (x - mean) / √(variance + ε) per channel, over all other axes.
  private static func normalize(
    _ call: AtenCall, _ x: ValueID, _ scale: ValueID?, _ bias: ValueID?, _ epsilon: Double
  ) throws {
    let rank = try call.rank(x)
    guard rank >= 2 else { throw GraphError("its input has \(rank) axes, but at least 2 are needed") }
    let moments = try Moments(of: x, axes: (0..<rank).filter { $0 != 1 }, call)
    let sum = try call.add(Add(), [moments.variance, call.scalar(epsilon, .float32, "epsilon")], "sum")
    var value = try call.add(
      Div(), [moments.centred, try call.add(Sqrt(), [sum], "deviation")], "normalized")
    func column(_ id: ValueID, _ suffix: String) throws -> ValueID {
      let size = try call.dimensions(id).first ?? 1
      return try call.reshaped(id, to: [size] + Array(repeating: 1, count: rank - 2), suffix)
    }
    if let scale { value = try call.add(Mul(), [value, try column(scale, "scale")], "scaled") }
    if let bias { value = try call.add(Add(), [value, try column(bias, "bias")], "biased") }
    try call.result(value)
  }
}

extension AtenCall {
  /// A constant vector of one number.
  func vector(_ count: Int, _ value: Double, _ suffix: String) throws -> ValueID {
    guard builder.mayFill(count) else { throw GraphError("\(count) channels are too many") }
    return constant(Tensor.filled([count], value, .float32), suffix)
  }
}
