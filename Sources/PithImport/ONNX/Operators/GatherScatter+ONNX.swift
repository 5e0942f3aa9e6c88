import PithGraph

extension GatherElements: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(GatherElements(axis: try node.int("axis") ?? 0), node)
  }
}

extension GatherND: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(GatherND(batchDimensions: try node.int("batch_dims") ?? 0), node)
  }
}

extension ScatterElements: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let reduction = try node.choice("reduction", default: ScatterReduction.none)
    try builder.emit(ScatterElements(axis: try node.int("axis") ?? 0, reduction: reduction), node)
  }
}

/// What ScatterElements was called until opset 10.
enum ONNXScatter: ONNXReader {
  static let opType = "Scatter"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try ScatterElements.read(node, into: builder)
  }
}

extension ScatterND: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(ScatterND(reduction: try node.choice("reduction", default: .none)), node)
  }
}
