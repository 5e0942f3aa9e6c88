import PithGraph

/// Something that knows how to translate a class of layers.
protocol KerasReader: SendableMetatype {
  /// Keras's names of the class, those of all versions.
  static var classNames: [String] { get }

  /// The arrays that such a layer keeps and the layers inside it.
  /// - Throws: `GraphError` or `ImportError` where the configuration makes no sense.
  static func structure(of layer: KerasLayer, depth: Int) throws -> KerasStructure

  /// Arguments of a call besides the first that may be tensors.
  static var argumentNames: Set<String> { get }

  /// Whether the layer does something else while it is trained.
  static var dependsOnTraining: Bool { get }

  /// Adds what the layer computes to the graph.
  /// - Throws: `GraphError` where the layer is beyond what Pith does.
  static func read(_ call: KerasCall) throws -> [ValueID]
}

extension KerasReader {
  static var argumentNames: Set<String> { [] }

  static var dependsOnTraining: Bool { false }

  static func structure(of layer: KerasLayer, depth: Int) throws -> KerasStructure { KerasStructure() }
}

enum KerasLayers {
  /// Every class of layers that is understood, by Keras's name.
  static let readers: [String: any KerasReader.Type] = Dictionary(
    all.flatMap { reader in reader.classNames.map { ($0, reader) } }, uniquingKeysWith: { first, _ in first })

  private static let all: [any KerasReader.Type] = [
    KerasActivation.self, KerasArithmetic.self, KerasAttention.self, KerasBatchNormalization.self,
    KerasBidirectional.self,
    KerasCellPart.self, KerasCenterCrop.self, KerasConcatenate.self, KerasConvolution.self,
    KerasCropping.self,
    KerasDense.self, KerasDot.self, KerasEmbedding.self, KerasFlatten.self, KerasFunctional.self,
    KerasGlobalPooling.self, KerasGroupNormalization.self, KerasInput.self, KerasLayerNormalization.self,
    KerasMasking.self, KerasMerge.self, KerasMultiHeadAttention.self, KerasNormalization.self,
    KerasPermute.self,
    KerasPooling.self, KerasPReLU.self, KerasRecurrent.self, KerasRectifier.self, KerasRepeatVector.self,
    KerasRescaling.self, KerasReshape.self, KerasResizing.self, KerasRMSNormalization.self,
    KerasSequential.self,
    KerasSoftmax.self, KerasTimeDistributed.self, KerasTrainingOnly.self, KerasTransposedConvolution.self,
    KerasUnitNormalization.self, KerasUpSampling.self, KerasZeroPadding.self,
  ]

  /// Says everything that a model has and Pith does not know at once, so that it need not be found out one by one.
  /// - Throws: `ImportError` naming each class with one of its layers.
  static func check(_ layers: [JSONValue]) throws {
    var order: [String] = []
    var found: [String: [String]] = [:]
    for layer in layers {
      let name = stranger(layer) ?? function(layer) ?? layer["class_name"]?.string ?? ""
      if name.isEmpty || (readers[name] != nil && stranger(layer) == nil) { continue }
      if found[name] == nil { order.append(name) }
      found[name, default: []].append(layer["name"]?.string ?? layer["config"]?["name"]?.string ?? "?")
    }
    guard let first = order.first, let layer = found[first]?.first else { return }
    if order.count == 1 {
      throw ImportError(file: "", node: "'\(layer.printable())' (\(first.printable()))", refusal(of: first))
    }
    let list = order.prefix(20).map { "\($0.printable()) ('\((found[$0]?.first ?? "").printable())')" }
    let rest = order.count > 20 ? " and \(order.count - 20) more" : ""
    throw ImportError(
      file: "",
      "\(order.count) classes of layers are not supported: \(list.joined(separator: ", "))\(rest); build the model from standard layers, or export it to ONNX"
    )
  }

  /// What a function between layers is called that is read: `ops.Add`; nil for everything else.
  static func function(_ layer: JSONValue) -> String? {
    guard let module = layer["module"]?.string, let name = layer["class_name"]?.string,
      module.contains(".ops."), readers["ops.\(name)"] != nil
    else { return nil }
    return "ops.\(name)"
  }

  /// What a layer is that is none of Keras's own: `Package>Layer` for a class that somebody registered, `ops.Sort` for a
  /// function between layers that is not read; nil for a layer of Keras's.
  static func stranger(_ layer: JSONValue) -> String? {
    if let registered = layer["registered_name"]?.string, registered.contains(">") { return registered }
    // Keras 2 writes no module into `.h5` files.
    guard let module = layer["module"]?.string, let name = layer["class_name"]?.string else { return nil }
    if module.contains(".ops.") { return function(layer) == nil ? "ops.\(name)" : nil }
    let isKeras = ["keras", "tf_keras", "tensorflow"].contains { module == $0 || module.hasPrefix("\($0).") }
    return isKeras ? nil : "\(module)>\(name)"
  }

  /// Why a class of layers is not read, and what to do.
  static func refusal(of className: String) -> String {
    switch className {
    case "Lambda":
      return "a Lambda layer holds Python code, which is never run; build the model from standard layers"
    case _ where className.contains(">"):
      return
        "\(className.printable()) is a class of somebody's own, whose code is not in the file; build the model from standard layers"
    case _ where className.hasPrefix("ops."),
      "TFOpLambda", "SlicingOpLambda", "TensorFlowOpLayer":
      return
        "a function between layers is not supported; write it as a layer (Add, Rescaling, Reshape, …), or export the model to ONNX"
    default:
      return
        "layers of class \(className.printable()) are not supported; build the model from standard layers, or export it to ONNX"
    }
  }
}
