import PithGraph

/// One number of all along some axes.
enum AtenReduction: AtenReader {
  static let targets = [
    "mean.default", "mean.dim", "sum.default", "sum.dim_IntList", "prod.default", "prod.dim_int",
    "amax.default",
    "amin.default", "max.default", "min.default", "logsumexp.default",
  ]

  static func read(_ call: AtenCall) throws {
    let element = try call.resultElement()
    _ = try call.element()
    let x = try call.cast(try call.first(), to: element, "x")
    let axes = try call.ints("dim") ?? []
    let keeps = try call.bool("keepdim")
    if try call.rank(x) == 0 { return try call.result(Identity(), [x]) }
    let op: any Operator =
      switch call.name {
      case "mean": ReduceMean(keepsDimensions: keeps)
      case "sum": ReduceSum(keepsDimensions: keeps)
      case "prod": ReduceProd(keepsDimensions: keeps)
      case "amax", "max": ReduceMax(keepsDimensions: keeps)
      case "amin", "min": ReduceMin(keepsDimensions: keeps)
      default: ReduceLogSumExp(keepsDimensions: keeps)
      }
    try call.result(op, [x, axes.isEmpty ? nil : call.constant(axes, "axes")])
  }
}
