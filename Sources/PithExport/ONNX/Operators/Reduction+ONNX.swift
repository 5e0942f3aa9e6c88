import PithGraph

/// A reduction over axes, which stood in an attribute until some opset and are an operand from there on.
protocol ONNXWritableReduction: ONNXWritable, Reduction {
  /// The first opset in which the axes are an operand.
  var operandOpset: Int { get }
}

extension ONNXWritableReduction {
  var operandOpset: Int { 18 }

  func write(_ node: Node, into writer: ONNXGraphWriter) throws { try writeReduction(node, into: writer) }

  func writeReduction(_ node: Node, into writer: ONNXGraphWriter) throws {
    let keeps = (name: "keepdims", value: ONNXNodeDraft.Attribute.int(keepsDimensions ? 1 : 0))
    guard writer.opset < operandOpset else {
      let empty = (name: "noop_with_empty_axes", value: ONNXNodeDraft.Attribute.int(emptyMeansNone ? 1 : 0))
      return try writer.emit(node, name, attributes: [keeps, empty])
    }
    // An attribute without axes meant all.
    let axes = try writer.integers(node, 1) ?? []
    let inputs = try writer.operands(node, first: 1)
    if axes.isEmpty, emptyMeansNone {
      throw ExportError(
        "node '\(node.label)': a reduction over no axes cannot be written before opset \(operandOpset)")
    }
    try writer.emit(
      node, name, attributes: axes.isEmpty ? [keeps] : [("axes", .ints(axes)), keeps], inputs: inputs)
  }
}

extension ReduceSum: ONNXWritableReduction {
  var operandOpset: Int { 13 }
}

extension ReduceMean: ONNXWritableReduction {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    guard writer.opset < operandOpset, emptyMeansNone, try (writer.integers(node, 1) ?? []).isEmpty else {
      return try writeReduction(node, into: writer)
    }
    // The mean of a lone number is that number.
    try writer.emit(node, Identity.name, inputs: try writer.operands(node, first: 1))
  }
}

extension ReduceProd: ONNXWritableReduction {}
extension ReduceMax: ONNXWritableReduction {}
extension ReduceMin: ONNXWritableReduction {}
extension ReduceL1: ONNXWritableReduction {}
extension ReduceL2: ONNXWritableReduction {}
extension ReduceSumSquare: ONNXWritableReduction {}
extension ReduceLogSum: ONNXWritableReduction {}
extension ReduceLogSumExp: ONNXWritableReduction {}
