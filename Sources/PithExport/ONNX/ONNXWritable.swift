import PithGraph

/// An operator that can be written as an ONNX node.
protocol ONNXWritable: Operator {
  /// The first opset in which ONNX can say this, of those that are written.
  var minimumOpset: Int { get }

  /// Adds the node, and whatever constants it needs, to the file.
  func write(_ node: Node, into writer: ONNXGraphWriter) throws
}

extension ONNXWritable {
  var minimumOpset: Int { ONNXExporter.supportedOpsets.lowerBound }
}

extension ONNXGraphWriter {
  /// The attributes of a sliding window.
  static func attributes(
    kernel: [Int]?, strides: [Int], dilations: [Int], padding: Padding
  ) -> [(name: String, value: ONNXNodeDraft.Attribute)] {
    var result: [(name: String, value: ONNXNodeDraft.Attribute)] = []
    if let kernel { result.append(("kernel_shape", .ints(kernel))) }
    result.append(("strides", .ints(strides)))
    if dilations.contains(where: { $0 != 1 }) { result.append(("dilations", .ints(dilations))) }
    switch padding {
    case .explicit(let begin, let end): result.append(("pads", .ints(begin + end)))
    case .sameUpper: result.append(("auto_pad", .string("SAME_UPPER")))
    case .sameLower: result.append(("auto_pad", .string("SAME_LOWER")))
    }
    return result
  }

  /// The attributes of a pooling window.
  static func attributes(_ window: Window) -> [(name: String, value: ONNXNodeDraft.Attribute)] {
    attributes(
      kernel: window.kernel, strides: window.strides, dilations: window.dilations, padding: window.padding)
      + (window.ceilMode ? [("ceil_mode", .int(1))] : [])
  }
}
