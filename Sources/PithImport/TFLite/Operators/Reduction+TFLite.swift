import PithGraph

/// Reductions over axes, and L2_NORMALIZATION, which divides by one.
enum TFLiteReduction: TFLiteReader {
  static let opTypes = ["MEAN", "SUM", "REDUCE_MAX", "REDUCE_MIN", "REDUCE_PROD", "L2_NORMALIZATION"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    let x = try builder.required(node, 0)
    if node.opType == "L2_NORMALIZATION" { return try normalize(node, x, builder) }
    let keeps = try node.options(.reducer)?.bool(0) ?? false
    guard let axes = try builder.integers(node, 1) else { throw GraphError("the axes are missing") }
    let list = builder.constant(node, "axes", Tensor(ints: axes))
    let op: any Operator
    switch node.opType {
    case "MEAN": op = ReduceMean(keepsDimensions: keeps, emptyMeansNone: true)
    case "SUM": op = ReduceSum(keepsDimensions: keeps, emptyMeansNone: true)
    case "REDUCE_MAX": op = ReduceMax(keepsDimensions: keeps, emptyMeansNone: true)
    case "REDUCE_MIN": op = ReduceMin(keepsDimensions: keeps, emptyMeansNone: true)
    default: op = ReduceProd(keepsDimensions: keeps, emptyMeansNone: true)
    }
    try builder.emit(op, node, inputs: [x, list])
  }

  /// x / max(‖x‖₂, 1e-6) along the last axis.
  private static func normalize(
    _ node: TFLiteNode, _ x: ValueID, _ builder: TFLiteGraphBuilder
  ) throws {
    let axes = builder.constant(node, "axes", Tensor(ints: [-1]))
    let length = try builder.part(ReduceL2(keepsDimensions: true), node, "length", [x, axes])
    let least = builder.constant(node, "least", Tensor(1e-6))
    let positive = try builder.part(Max(), node, "positive", [length, least])
    try builder.emit(
      Div(), node, inputs: [x, positive],
      activation: Int(try node.options(.l2Norm)?.number(0, Int8(0)) ?? 0))
  }
}
