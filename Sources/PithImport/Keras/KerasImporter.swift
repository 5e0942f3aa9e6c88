import PithGraph

/// Reads Keras models: `.keras` archives, and `.h5` files of Keras 2 and 3.
///
/// Sequential and functional models of Keras's own layers are read, each with the values that it has in inference; what
/// the optimizer kept is skipped. Nothing in a file is run: Lambda layers and classes of somebody's own are refused by name.
/// Inputs and outputs keep the layout that they have in Keras.
/// Format: https://keras.io/guides/serialization_and_saving
public enum KerasImporter {
  /// Bytes that the configuration may have, and the weights.
  enum Limits {
    static let configuration = 16 << 20
    static let weights = 4 << 30
  }

  /// Reads a model from a file.
  /// - Returns: the graph with all types inferred; the batch is called `batch`, other axes of unknown size `INPUT_axisN`.
  /// - Throws: `ImportError` that names the file, the layer and what to do.
  public static func read(path: String) throws -> Graph {
    let bytes = try FileBytes(path: path)
    return try withExtendedLifetime(bytes) { try read(bytes.raw, name: FileBytes.name(of: path)) }
  }

  /// Reads a model from memory.
  /// - Parameter name: what messages call it.
  /// - Throws: `ImportError`.
  public static func read(bytes: [UInt8], name: String = "model") throws -> Graph {
    try bytes.withUnsafeBytes { try read($0, name: name) }
  }

  /// The classes of layers that are read.
  public static var layerNames: [String] { KerasLayers.readers.keys.sorted() }

  private static func read(_ bytes: UnsafeRawBufferPointer, name: String) throws -> Graph {
    try naming(name) {
      switch ModelFormat(bytes) {
      case .hdf5: return try readHDF5(bytes)
      case .zip: return try readArchive(ZipFile(bytes))
      case let format: throw ImportError(file: name, format.advice)
      }
    }
  }

  /// Reads a model from an archive that is open already.
  static func read(_ archive: ZipFile, name: String) throws -> Graph {
    try naming(name) { try readArchive(archive) }
  }

  /// Errors get the file's name.
  private static func naming(_ name: String, _ body: () throws -> Graph) throws -> Graph {
    do {
      return try body()
    } catch var error as ImportError {
      error.file = name
      throw error
    } catch let error as GraphError {
      throw ImportError(file: name, node: error.node, error.message)
    }
  }

  /// Whether an archive is Keras's.
  static func recognizes(_ archive: ZipFile) -> Bool {
    archive["config.json"] != nil || archive["model.weights.h5"] != nil
  }

  private static func readArchive(_ archive: ZipFile) throws -> Graph {
    guard archive["config.json"] != nil else {
      throw GraphError(
        "the archive has no config.json, so it is not a Keras model; name a model that was saved by model.save"
      )
    }
    let config = try archive.read("config.json", limit: Limits.configuration)
    var version = 3
    if archive["metadata.json"] != nil {
      let metadata = try JSONValue(json: try archive.read("metadata.json", limit: Limits.configuration))
      version = try major(metadata["keras_version"]?.string)
    }
    guard archive["model.weights.h5"] != nil else {
      throw GraphError("the archive has no model.weights.h5; save the model with model.save")
    }
    let weights = try archive.read("model.weights.h5", limit: Limits.weights)
    return try read(config: config, weights: weights, version: version)
  }

  /// Reads a model from what an archive holds.
  /// - Parameters:
  ///   - config: `config.json`.
  ///   - weights: `model.weights.h5`.
  ///   - version: the major version of Keras.
  static func read(config: [UInt8], weights: [UInt8], version: Int) throws -> Graph {
    let model = try model(try JSONValue(json: config), version: version)
    return try weights.withUnsafeBytes { bytes in
      try KerasWeights.bind(model, in: try HDF5File(bytes).root())
      return try translate(model)
    }
  }

  private static func readHDF5(_ bytes: UnsafeRawBufferPointer) throws -> Graph {
    let root = try HDF5File(bytes).root()
    guard let config = try root.attribute("model_config") else {
      if try root.attribute("layer_names") != nil || root.child("layers") != nil {
        throw GraphError("it holds weights only, without the network; save the whole model with model.save")
      }
      throw GraphError(
        "it is an HDF5 file, but holds no Keras model; name a model that was saved by model.save")
    }
    let group = try root.child("model_weights") ?? root
    let version = try root.attribute("keras_version") ?? group.attribute("keras_version")
    let model = try model(
      try JSONValue(json: Array(try config.string().utf8)), version: try major(try version?.string()))
    try KerasWeights.bindLegacy(model, in: group)
    return try translate(model)
  }

  /// The first number of a version; without one, files are of Keras 2.
  private static func major(_ version: String?) throws -> Int {
    guard let version, let number = version.split(separator: ".").first, let major = Int(number) else {
      return 2
    }
    guard major >= 2 else {
      throw GraphError(
        "it was written by Keras \(version.printable()); load it with Keras 2 and save it again")
    }
    return major
  }

  private static func model(_ config: JSONValue, version: Int) throws -> KerasLayer {
    let model = try KerasLayer(config, version: version, depth: 0)
    guard (KerasFunctional.classNames + KerasSequential.classNames).contains(model.className) else {
      throw ImportError(
        file: "", node: model.label,
        "the file holds a layer instead of a model; save a Sequential or functional model")
    }
    return model
  }

  private static func translate(_ model: KerasLayer) throws -> Graph {
    let builder = KerasGraphBuilder(name: model.name)
    if KerasSequential.classNames.contains(model.className) {
      let input = try KerasSequential.input(of: model, in: builder)
      let outputs = try builder.apply(model, [input], isPart: true)
      for output in outputs {
        try builder.modelOutput(output, layer: model.parts.last?.layer.name ?? model.name)
      }
    } else {
      let inputs = try KerasFunctional.inputs(of: model, in: builder)
      guard !inputs.isEmpty else { throw GraphError("the model has no inputs; save it again") }
      builder.isOutermost = false
      for (layer, value) in try KerasFunctional.run(model, inputs, builder) {
        try builder.modelOutput(value, layer: layer)
      }
    }
    builder.memory.finish(builder)
    return builder.graph
  }
}
