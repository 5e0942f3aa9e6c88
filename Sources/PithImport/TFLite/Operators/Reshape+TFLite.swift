import PithGraph

/// RESHAPE, SQUEEZE and EXPAND_DIMS: the same elements under another shape.
enum TFLiteReshape: TFLiteReader {
  static let opTypes = ["RESHAPE", "SQUEEZE", "EXPAND_DIMS"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    let x = try builder.required(node, 0)
    switch node.opType {
    case "RESHAPE":
      try builder.emit(
        Reshape(allowsZero: true), node, inputs: [x, try target(node, builder)], keeping: 0)
    case "SQUEEZE":
      let axes = try node.options(.squeeze)?.ints(0) ?? []
      let operand = axes.isEmpty ? nil : builder.constant(node, "axes", Tensor(ints: axes))
      try builder.emit(Squeeze(), node, inputs: [x, operand], keeping: 0)
    default:
      let axes = builder.constant(node, "axes", Tensor(ints: [try builder.integer(node, 1)]))
      try builder.emit(Unsqueeze(), node, inputs: [x, axes], keeping: 0)
    }
  }

  /// The new shape: an operand, or in old files an option.
  private static func target(_ node: TFLiteNode, _ builder: TFLiteGraphBuilder) throws -> ValueID {
    let result = try builder.result(node)
    if let computed = try builder.operand(node, 1) {
      guard let listed = try? builder.integers(node, 1) else { return computed }
      return builder.constant(node, "shape", Tensor(ints: free(listed, result)))
    }
    guard let listed = try node.options(.reshape)?.ints(0) else {
      throw GraphError("its new shape is missing")
    }
    return builder.constant(node, "shape", Tensor(ints: free(listed, result)))
  }

  /// A shape that was fixed to the batch of 1 that the converter saw, with the batch free again.
  private static func free(_ listed: [Int], _ result: TFLiteTensor) -> [Int] {
    let isFree = listed == result.shape && result.signature.filter { $0 < 0 }.count == 1
    return isFree ? result.signature : listed
  }
}
