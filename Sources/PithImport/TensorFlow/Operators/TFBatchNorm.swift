import PithGraph

/// Batch normalization with recorded statistics.
enum TFBatchNorm: TFReader {
  static let operators = ["FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    // Files leave out what is the default, and that is training.
    guard node.hasAttribute("is_training"), try !node.flag("is_training") else {
      throw GraphError("it computes statistics of the batch, as in training; export the model for inference")
    }
    let op = BatchNormalization(epsilon: try node.float("epsilon", default: 1e-4))
    let statistics = try builder.tensors(node, 1..<5)
    let x = try builder.tensor(node, 0)
    guard try node.isChannelsLast() else {
      return [.tensor(try builder.emit(op, node, [x] + statistics))]
    }
    let first = try builder.channelsFirst(x, name: node.name)
    let y = try builder.emit(op, node, [first] + statistics)
    return [.tensor(try builder.channelsLast(y, name: node.name))]
  }
}
