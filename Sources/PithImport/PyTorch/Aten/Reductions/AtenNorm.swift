import PithGraph

/// Norms along axes: L1, L2 and the largest magnitude.
enum AtenNorm: AtenReader {
  static let targets = [
    "linalg_vector_norm.default", "norm.ScalarOpt_dim", "norm.Scalar", "norm.ScalarOpt_dim_dtype",
    "frobenius_norm.dim",
  ]

  static func read(_ call: AtenCall) throws {
    let x = try call.firstFloating()
    let power = try call.float(call.name == "norm" ? "p" : "ord") ?? 2
    let axes = try call.ints("dim") ?? []
    let keeps = try call.bool("keepdim")
    _ = try call.element()
    let list = axes.isEmpty ? nil : call.constant(axes, "axes")
    switch power {
    case 1: try call.result(ReduceL1(keepsDimensions: keeps), [x, list])
    case 2: try call.result(ReduceL2(keepsDimensions: keeps), [x, list])
    case .infinity:
      try call.result(ReduceMax(keepsDimensions: keeps), [try call.add(Abs(), [x], "abs"), list])
    default: throw GraphError("a norm of power \(power) is not supported")
    }
  }
}
