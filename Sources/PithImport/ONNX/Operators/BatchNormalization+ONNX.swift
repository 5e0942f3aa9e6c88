import PithGraph

extension BatchNormalization: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let isTraining = try node.flag("training_mode")
    guard !isTraining, node.outputs.count == 1 else {
      throw GraphError("it is in training mode; export the model for inference, after model.eval()")
    }
    node.ignore("momentum")
    try builder.emit(BatchNormalization(epsilon: try node.float("epsilon") ?? 1e-5), node)
  }
}
