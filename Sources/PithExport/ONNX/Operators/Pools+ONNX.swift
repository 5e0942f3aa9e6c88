import PithGraph

extension LpPool: ONNXWritable {
  /// Dilations and rounding up came with opset 18.
  var minimumOpset: Int {
    window.ceilMode || window.dilations.contains { $0 != 1 } ? 18 : ONNXExporter.supportedOpsets.lowerBound
  }

  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: ONNXGraphWriter.attributes(window) + [("p", .int(power))])
  }
}

extension MaxPoolWithIndices: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(
      node, MaxPool.name,
      attributes: ONNXGraphWriter.attributes(window) + [("storage_order", .int(numbersByColumns ? 1 : 0))])
  }
}

extension MaxUnpool: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(node, name, attributes: ONNXGraphWriter.attributes(window))
  }
}

extension RoiAlign: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    try writer.emit(
      node, name,
      attributes: [
        ("mode", .string(takesMaximum ? "max" : "avg")), ("output_height", .int(outputHeight)),
        ("output_width", .int(outputWidth)), ("sampling_ratio", .int(samplingRatio)),
        ("spatial_scale", .float(spatialScale)),
        ("coordinate_transformation_mode", .string(usesHalfPixels ? "half_pixel" : "output_half_pixel")),
      ])
  }
}

extension GridSample: ONNXWritable {
  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    // Opset 20 gave the modes other names.
    let old = mode == .linear ? "bilinear" : mode == .cubic ? "bicubic" : "nearest"
    try writer.emit(
      node, name,
      attributes: [
        ("mode", .string(writer.opset < 20 ? old : mode.rawValue)),
        ("padding_mode", .string(border.rawValue)),
        ("align_corners", .int(alignsCorners ? 1 : 0)),
      ])
  }
}
