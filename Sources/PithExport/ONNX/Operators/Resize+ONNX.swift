import PithGraph

extension Resize: ONNXWritable {
  var minimumOpset: Int {
    if coordinates == .halfPixelSymmetric { return 19 }
    let isNew = axes != nil || antialiases || aspectRatio != .stretch
    return isNew ? 18 : ONNXExporter.supportedOpsets.lowerBound
  }

  func write(_ node: Node, into writer: ONNXGraphWriter) throws {
    let operands = try writer.operands(node)
    var (coordinates, nearest) = (coordinates, nearest)
    if coordinates == .tfHalfPixel {
      // Which opset 13 dropped: half a pixel further is the same where the rounding moves too.
      guard mode == .nearest, nearest == .floor || nearest == .roundPreferFloor else {
        throw ExportError("node '\(node.label)': ONNX has no such resampling since opset 13")
      }
      (coordinates, nearest) = (.halfPixel, nearest == .floor ? .roundPreferCeil : .ceil)
    }
    var attributes: [(name: String, value: ONNXNodeDraft.Attribute)] = [
      ("mode", .string(mode.rawValue)), ("coordinate_transformation_mode", .string(coordinates.rawValue)),
    ]
    if mode == .nearest { attributes.append(("nearest_mode", .string(nearest.rawValue))) }
    if mode == .cubic { attributes.append(("cubic_coeff_a", .float(cubicCoefficient))) }
    if excludesOutside { attributes.append(("exclude_outside", .int(1))) }
    if coordinates == .tfCropAndResize {
      attributes.append(("extrapolation_value", .float(extrapolationValue)))
    }
    if antialiases { attributes.append(("antialias", .int(1))) }
    if aspectRatio != .stretch {
      attributes.append(("keep_aspect_ratio_policy", .string(aspectRatio.rawValue)))
    }
    if let axes { attributes.append(("axes", .ints(axes))) }
    let region = self.region.map { writer.constant("region", Tensor(shape: [$0.count], floats: $0)) } ?? ""
    let isScaled = try writer.type(node, 1).element.isFloatingPoint
    try writer.emit(
      node, name, attributes: attributes,
      inputs: isScaled ? [operands[0], region, operands[1]] : [operands[0], region, "", operands[1]])
  }
}
