import PithGraph

/// Activations that stand by themselves.
enum TFLiteActivation: TFLiteReader {
  static let opTypes = [
    "RELU", "RELU6", "RELU_N1_TO_1", "RELU_0_TO_1", "TANH", "LOGISTIC", "HARD_SWISH", "LEAKY_RELU",
  ]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    switch node.opType {
    case "RELU": try builder.emit(Relu(), node)
    case "RELU6": try clip(node, builder, 0, 6)
    case "RELU_N1_TO_1": try clip(node, builder, -1, 1)
    case "RELU_0_TO_1": try clip(node, builder, 0, 1)
    case "TANH": try builder.emit(Tanh(), node)
    case "LOGISTIC": try builder.emit(Sigmoid(), node)
    case "HARD_SWISH": try builder.emit(HardSwish(), node)
    default: try builder.emit(LeakyRelu(alpha: try node.options(.leakyRelu)?.float(0) ?? 0), node)
    }
  }

  private static func clip(
    _ node: TFLiteNode, _ builder: TFLiteGraphBuilder, _ low: Float, _ high: Float
  ) throws {
    try builder.emit(
      Clip(), node,
      inputs: [
        try builder.required(node, 0), builder.constant(node, "minimum", Tensor(low)),
        builder.constant(node, "maximum", Tensor(high)),
      ])
  }
}
