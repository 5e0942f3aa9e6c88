import PithGraph

extension GridSample: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    try builder.emit(
      GridSample(
        mode: try node.resizeMode("mode", default: "linear"),
        border: try node.choice("padding_mode", default: .zeros),
        alignsCorners: try node.flag("align_corners")),
      node)
  }
}

extension RoiAlign: ONNXReadable {
  /// Until opset 15 centres did not lie half a pixel further.
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let mode = try node.string("mode") ?? "avg"
    let transformation =
      try node.string("coordinate_transformation_mode")
      ?? (builder.opset < 16 ? "output_half_pixel" : "half_pixel")
    guard ["avg", "max"].contains(mode), ["half_pixel", "output_half_pixel"].contains(transformation) else {
      throw GraphError("mode '\(mode.printable())' with '\(transformation.printable())' is not known")
    }
    try builder.emit(
      RoiAlign(
        outputHeight: try node.int("output_height") ?? 1, outputWidth: try node.int("output_width") ?? 1,
        samplingRatio: try node.int("sampling_ratio") ?? 0,
        spatialScale: try node.float("spatial_scale") ?? 1,
        takesMaximum: mode == "max", usesHalfPixels: transformation == "half_pixel"), node)
  }
}
