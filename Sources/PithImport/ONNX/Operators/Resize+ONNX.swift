import PithGraph

extension Resize: ONNXReadable {
  /// Until opset 10 places were scaled as they are and rounded down; a region came with opset 11.
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let x = try builder.required(node, 0)
    var op = Resize(mode: try node.resizeMode("mode", default: "nearest"))
    guard builder.opset >= 11 else {
      (op.coordinates, op.nearest) = (.asymmetric, .floor)
      return try builder.emit(op, node)
    }
    op.coordinates = try node.choice("coordinate_transformation_mode", default: .halfPixel)
    op.nearest = try node.choice("nearest_mode", default: .roundPreferFloor)
    op.aspectRatio = try node.choice("keep_aspect_ratio_policy", default: .stretch)
    op.cubicCoefficient = try node.float("cubic_coeff_a") ?? -0.75
    op.excludesOutside = try node.flag("exclude_outside")
    op.extrapolationValue = try node.float("extrapolation_value") ?? 0
    op.antialiases = try node.flag("antialias")
    op.axes = try node.ints("axes")
    if op.coordinates == .tfCropAndResize {
      op.region = try builder.constantOperand(node, 1, "region of interest")?.floats
    }
    // An operand without elements is as good as none.
    func given(_ index: Int) throws -> ValueID? {
      guard let id = try builder.operand(node, index) else { return nil }
      return try builder.type(id).shape.elementCount == 0 ? nil : id
    }
    guard let target = try given(3) ?? given(2) else { throw GraphError("it has neither scales nor sizes") }
    if try builder.type(target).element == .float32 {
      _ = try builder.constantOperand(node, 2, "scales")
    } else if let sizes = builder.graph[target].constant?.integers {
      return try builder.emit(op, node, inputs: [x, builder.constant(node, "sizes", Tensor(ints: sizes))])
    }
    try builder.emit(op, node, inputs: [x, target])
  }
}

/// ONNX's Upsample, which Resize took the place of in opset 10.
enum ONNXUpsample: ONNXReader {
  static let opType = "Upsample"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let op = Resize(
      mode: try node.resizeMode("mode", default: "nearest"), coordinates: .asymmetric, nearest: .floor)
    guard builder.opset < 9 else { return try builder.emit(op, node) }
    guard let scales = try node.floats("scales") else { throw GraphError("attribute 'scales' is missing") }
    let x = try builder.required(node, 0)
    let operand = builder.constant(node, "scales", Tensor(shape: [scales.count], floats: scales))
    try builder.emit(op, node, inputs: [x, operand])
  }
}

extension ONNXNode {
  /// An attribute that is one of a few words.
  func choice<T: RawRepresentable<String>>(_ name: String, default value: T) throws -> T {
    guard let text = try string(name) else { return value }
    guard let choice = T(rawValue: text) else {
      throw GraphError("attribute '\(name)' is '\(text.printable())', which is not known")
    }
    return choice
  }

  /// How to interpolate, by either of its names.
  func resizeMode(_ name: String, default value: String) throws -> Resize.Mode {
    let text = try string(name) ?? value
    let names: [String: Resize.Mode] = [
      "nearest": .nearest, "linear": .linear, "bilinear": .linear, "cubic": .cubic, "bicubic": .cubic,
    ]
    guard let mode = names[text] else {
      throw GraphError("attribute '\(name)' is '\(text.printable())', which is not known")
    }
    return mode
  }
}
