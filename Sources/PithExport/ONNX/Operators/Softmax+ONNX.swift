import PithGraph

/// Softmax and its kin.
protocol ONNXWritableAxisFunction: ONNXWritable, AxisFunction {}

extension Softmax: ONNXWritableAxisFunction {}
extension LogSoftmax: ONNXWritableAxisFunction {}
extension Hardmax: ONNXWritableAxisFunction {}

extension ONNXWritableAxisFunction {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("axis", .int(axis))])
  }
}
