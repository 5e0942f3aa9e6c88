import PithGraph

extension ReduceMean: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    let keeps = (name: "keepdims", value: ONNXNodeDraft.Attribute.int(keepsDimensions ? 1 : 0))
    guard writer.opset < 18 else {
      let empty = (name: "noop_with_empty_axes", value: ONNXNodeDraft.Attribute.int(emptyMeansNone ? 1 : 0))
      return try writer.emit(node, name, attributes: [keeps, empty])
    }
    // Until opset 17 the axes were an attribute, and none meant all.
    let axes = try writer.integers(node, 1) ?? []
    let inputs = try writer.operands(node, first: 1)
    if axes.isEmpty, emptyMeansNone { return try writer.emit(node, Identity.name, inputs: inputs) }
    try writer.emit(
      node, name, attributes: axes.isEmpty ? [keeps] : [("axes", .ints(axes)), keeps], inputs: inputs)
  }
}
