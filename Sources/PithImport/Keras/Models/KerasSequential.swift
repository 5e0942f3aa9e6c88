import PithGraph

/// A model of layers one after another.
enum KerasSequential: KerasReader {
  static let classNames = ["Sequential"]

  static func structure(of layer: KerasLayer, depth: Int) throws -> KerasStructure {
    KerasStructure(parts: try KerasModel.parts(of: layer, depth: depth))
  }

  static func read(_ call: KerasCall) throws -> [ValueID] {
    var values = [try call.input()]
    try KerasModel.within(call.layer, call.builder) {
      for (_, layer) in call.layer.parts where layer.className != "InputLayer" {
        values = try call.builder.apply(layer, values)
      }
    }
    return values
  }

  /// The input of the network.
  static func input(of model: KerasLayer, in builder: KerasGraphBuilder) throws -> ValueID {
    guard let first = model.parts.first?.layer else {
      throw GraphError("the model has no layers; save it again")
    }
    var layer = first
    // A model as the first layer says what it takes by its own first layer.
    while (KerasSequential.classNames + KerasFunctional.classNames).contains(layer.className),
      let inner = layer.parts.first?.layer
    { layer = inner }
    if layer.className == "InputLayer" || layer.value("batch_input_shape") != nil {
      let name = layer.className == "InputLayer" ? layer.name : "\(layer.name)_input"
      return try builder.modelInput(name, try KerasInput.type(of: layer, named: name))
    }
    for key in ["build_input_shape", "batch_input_shape"] {
      if let shape = model.value(key) {
        return try builder.modelInput("input", try KerasInput.type(shape, dtype: nil, named: "input"))
      }
    }
    throw GraphError(
      "the model does not know the shape of its input; call model.build(input_shape) or predict once, then save it again"
    )
  }
}

/// What all models of layers share.
enum KerasModel {
  /// The layers of a model, with the groups that `.keras` files keep them in.
  static func parts(of model: KerasLayer, depth: Int) throws -> [(paths: [String], layer: KerasLayer)] {
    guard let layers = model.value("layers")?.array, !layers.isEmpty else {
      throw GraphError("it has no layers; save the model again")
    }
    guard layers.count <= 1 << 14 else {
      throw GraphError("it has \(layers.count) layers, more than any network")
    }
    try KerasLayers.check(layers)
    var counts: [String: Int] = [:]
    return try layers.map { json in
      let layer = try KerasLayer(json, version: model.version, depth: depth + 1)
      // Groups are called by their layers' classes, and numbered: names need not be reproducible.
      let base = snakeCase(layer.className)
      let count = counts[base, default: 0]
      counts[base] = count + 1
      let name = count == 0 ? base : "\(base)_\(count)"
      return (["layers/\(name)", "_layer_checkpoint_dependencies/\(name)"], layer)
    }
  }

  /// Translates layers of a model under its name.
  static func within(_ model: KerasLayer, _ builder: KerasGraphBuilder, _ body: () throws -> Void) rethrows {
    let scope = builder.scope
    if !builder.isOutermost { builder.scope += "\(model.name)/" }
    builder.isOutermost = false
    defer { builder.scope = scope }
    try body()
  }

  /// Keras's way from `MaxPooling2D` to `max_pooling2d`.
  static func snakeCase(_ name: String) -> String {
    let letters = Array(
      name.unicodeScalars.filter { $0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_" })
    func isUpper(_ index: Int) -> Bool {
      letters.indices.contains(index) && ("A"..."Z").contains(letters[index])
    }
    func isLower(_ index: Int) -> Bool {
      letters.indices.contains(index) && ("a"..."z").contains(letters[index])
    }
    var result = ""
    for (index, letter) in letters.enumerated() {
      // Before a capital with small letters behind it, and between a small letter and a capital.
      if index > 0, isUpper(index), isLower(index + 1) || isLower(index - 1) { result += "_" }
      result += String(letter).lowercased()
    }
    return result
  }
}

/// Where data comes in.
enum KerasInput: KerasReader {
  static let classNames = ["InputLayer"]

  static func read(_ call: KerasCall) throws -> [ValueID] { [try call.input()] }

  /// The type that the layer says its tensors have.
  static func type(of layer: KerasLayer, named name: String) throws -> ValueType {
    guard let shape = layer.value("batch_shape") ?? layer.value("batch_input_shape") else {
      throw GraphError("input '\(name.printable())' has no shape; save the model again")
    }
    return try type(shape, dtype: layer.value("dtype"), named: name)
  }

  static func type(_ shape: JSONValue, dtype: JSONValue?, named name: String) throws -> ValueType {
    let shown = name.printable()
    guard let sizes = shape.array, !sizes.isEmpty else {
      throw GraphError("input '\(shown)' has no shape; save the model again")
    }
    let dimensions = try sizes.enumerated().map { axis, size -> Dimension in
      if size == .null { return .symbolic(axis == 0 ? "batch" : "\(name)_axis\(axis)") }
      guard let size = size.int, size > 0 else {
        throw GraphError(
          "axis \(axis) of input '\(shown)' has no size that makes sense; save the model again")
      }
      return .fixed(size)
    }
    let typeName = dtype?.string ?? dtype?["config"]?["name"]?.string ?? "float32"
    let element: ElementType
    switch typeName {
    case "float32", "float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16": element = .float32
    case "int64", "uint32", "uint64": element = .int64
    case "int32", "int16", "uint16": element = .int32
    case "int8": element = .int8
    case "uint8": element = .uint8
    case "bool": element = .bool
    default:
      throw GraphError("input '\(shown)' holds \(typeName.printable()), which is not supported; use numbers")
    }
    return ValueType(element, Shape(dimensions))
  }
}
