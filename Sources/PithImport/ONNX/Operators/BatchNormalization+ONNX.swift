import PithGraph

extension BatchNormalization: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let isTraining = try node.flag("training_mode")
    guard !isTraining, !(1..<5).contains(where: { builder.uses(node, output: $0) }) else {
      throw GraphError("it is in training mode; export the model for inference, after model.eval()")
    }
    guard try node.flag("spatial", default: true) else {
      throw GraphError("statistics of each pixel are not supported; export the model at opset 9 or later")
    }
    // Opset 6 said so if it was not training.
    node.ignore("momentum", "is_test", "consumed_inputs")
    try builder.emit(
      BatchNormalization(epsilon: try node.float("epsilon") ?? 1e-5), node,
      outputs: Array(node.outputs.prefix(1)))
  }
}
