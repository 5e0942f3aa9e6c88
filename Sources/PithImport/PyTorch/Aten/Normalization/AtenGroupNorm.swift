import PithGraph

/// Normalization of groups of channels.
enum AtenGroupNorm: AtenReader {
  static let targets = ["group_norm.default", "native_group_norm.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.tensor("input")
    let groups = try call.int(call.name == "group_norm" ? "num_groups" : "group") ?? 1
    let (scale, bias) = (try call.optionalTensor("weight"), try call.optionalTensor("bias"))
    let epsilon = try call.float("eps") ?? 1e-5
    call.ignore("N", "C", "HxW", "cudnn_enabled")
    for index in 1...2 { try call.checkUnused(index, "the statistics of a group normalization") }
    try call.groupNormalization(x, groups: groups, scale, bias, epsilon)
  }
}

/// Normalization of each channel of each sample.
enum AtenInstanceNorm: AtenReader {
  static let targets = ["instance_norm.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.tensor("input")
    let (scale, bias) = (try call.optionalTensor("weight"), try call.optionalTensor("bias"))
    let (mean, variance) = (try call.optionalTensor("running_mean"), try call.optionalTensor("running_var"))
    let usesInput = try call.bool("use_input_stats", default: true)
    let epsilon = try call.float("eps") ?? 1e-5
    call.ignore("momentum", "cudnn_enabled")
    guard try call.rank(x) >= 2 else { throw GraphError("its input has too few axes") }
    let channels = try call.knownSize(1, of: x)
    guard !usesInput, let mean, let variance else {
      return try call.groupNormalization(x, groups: channels, scale, bias, epsilon)
    }
    try call.result(
      BatchNormalization(epsilon: Float(epsilon)),
      [
        x, try scale ?? call.vector(channels, 1, "scale"), try bias ?? call.vector(channels, 0, "bias"), mean,
        variance,
      ])
  }
}

extension AtenCall {
  func groupNormalization(
    _ x: ValueID, groups: Int, _ scale: ValueID?, _ bias: ValueID?, _ epsilon: Double
  ) throws {
    guard try rank(x) >= 2 else { throw GraphError("its input has too few axes") }
    let channels = try knownSize(1, of: x)
    try result(
      GroupNormalization(groups: groups, epsilon: Float(epsilon)),
      [x, try scale ?? vector(channels, 1, "scale"), try bias ?? vector(channels, 0, "bias")])
  }
}
