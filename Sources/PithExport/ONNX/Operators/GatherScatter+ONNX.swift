import PithGraph

extension GatherElements: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("axis", .int(axis))])
  }
}

extension GatherND: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("batch_dims", .int(batchDimensions))])
  }
}

extension ScatterReduction {
  /// Sums and products came with opset 16, extremes with opset 18.
  fileprivate var minimumOpset: Int {
    switch self {
    case .none: ONNXExporter.supportedOpsets.lowerBound
    case .add, .mul: 16
    case .max, .min: 18
    }
  }

  fileprivate var attributes: [(name: String, value: ONNXNodeDraft.Attribute)] {
    self == .none ? [] : [("reduction", .string(rawValue))]
  }
}

extension ScatterElements: ONNXWritable {
  var minimumOpset: Int { reduction.minimumOpset }

  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("axis", .int(axis))] + reduction.attributes)
  }
}

extension ScatterND: ONNXWritable {
  var minimumOpset: Int { reduction.minimumOpset }

  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: reduction.attributes)
  }
}

extension Compress: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: axis.map { [("axis", .int($0))] } ?? [])
  }
}

extension OneHot: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("axis", .int(axis))])
  }
}

extension Trilu: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("upper", .int(isUpper ? 1 : 0))])
  }
}

extension ReverseSequence: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: [("time_axis", .int(timeAxis)), ("batch_axis", .int(batchAxis))])
  }
}
