import PithGraph

/// SOFTMAX, exp(beta · x) / Σ exp(beta · x) along the last axis, and LOG_SOFTMAX, its logarithm with a beta of 1.
enum TFLiteSoftmax: TFLiteReader {
  static let opTypes = ["SOFTMAX", "LOG_SOFTMAX"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    var x = try builder.required(node, 0)
    if node.opType == "LOG_SOFTMAX" { return try builder.emit(LogSoftmax(axis: -1), node, inputs: [x]) }
    let beta = try node.options(.softmax)?.float(0) ?? 0
    guard beta.isFinite else { throw GraphError("its beta is not finite") }
    if beta != 1 {
      x = try builder.part(Mul(), node, "scaled", [x, builder.constant(node, "beta", Tensor(beta))])
    }
    try builder.emit(Softmax(axis: -1), node, inputs: [x])
  }
}
