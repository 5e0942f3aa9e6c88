import PithGraph

/// The parts of a `saved_model.pb` that inference needs, as bytes until they are wanted.
///
/// Format: `tensorflow/core/protobuf/saved_model.proto` and `meta_graph.proto`.
struct SavedModelFile {
  /// A tensor that a signature names (`TensorInfo`).
  struct Port {
    /// What the signature calls it.
    var key: String
    /// Which tensor of the graph it is, as `NODE:INDEX`.
    var tensor: String
    var type: Int
    /// Nil where the file does not say.
    var shape: TFShape?
  }

  /// What a model offers to be called as (`SignatureDef`).
  struct Signature {
    var inputs: [Port] = []
    var outputs: [Port] = []
  }

  private(set) var tags: [String] = []
  private(set) var graph: UnsafeRawBufferPointer
  /// Which operation puts the variables in place; empty where there is none.
  private(set) var restoreOperation = ""
  private var signatures: [String: UnsafeRawBufferPointer] = [:]

  /// Reads the graph that is meant for inference.
  /// - Throws: `GraphError` where the bytes are no saved model, or none of its graphs is the one.
  init(_ bytes: UnsafeRawBufferPointer) throws {
    var graphs: [UnsafeRawBufferPointer] = []
    try WireReader.forEach(in: bytes) { field in
      guard field.number == 2, field.encoding == .bytes else { return }
      guard graphs.count < 64 else { throw GraphError("it holds more than 64 graphs; it is damaged") }
      graphs.append(field.payload)
    }
    let all = try graphs.map { try SavedModelFile(metaGraph: $0) }
    let serving = all.filter { $0.tags.contains("serve") }
    guard
      let chosen = serving.first(where: { $0.tags.count == 1 }) ?? serving.first
        ?? (all.count == 1 ? all[0] : nil)
    else {
      guard !all.isEmpty else { throw GraphError("it holds no graph; is it a TensorFlow SavedModel?") }
      let tags = all.map { "'\($0.tags.joined(separator: ", ").printable())'" }.joined(separator: ", ")
      throw GraphError("none of its graphs is tagged 'serve', but \(tags); save it for serving")
    }
    self = chosen
  }

  private init(metaGraph bytes: UnsafeRawBufferPointer) throws {
    var tags: [String] = []
    var graph: UnsafeRawBufferPointer?
    var restore = ""
    var signatures: [String: UnsafeRawBufferPointer] = [:]
    try WireReader.forEach(in: bytes) { field in
      guard field.encoding == .bytes else { return }
      switch field.number {
      case 1:
        try WireReader.forEach(in: field.payload) {
          if $0.number == 4, $0.encoding == .bytes { tags.append($0.text) }
        }
      case 2: graph = field.payload
      case 3:
        try WireReader.forEach(in: field.payload) {
          if $0.number == 3, $0.encoding == .bytes { restore = $0.text }
        }
      case 5:
        let entry = try WireReader.entry(field.payload)
        if let value = entry.value, value.encoding == .bytes { signatures[entry.key] = value.payload }
      default: break
      }
    }
    guard let graph else { throw GraphError("it holds no graph; is it a TensorFlow SavedModel?") }
    (self.tags, self.graph, restoreOperation, self.signatures) = (tags, graph, restore, signatures)
  }

  /// The signature to import: `serving_default`, or the only one.
  /// - Throws: `GraphError` that lists the signatures where neither is there.
  func signature() throws -> Signature {
    // This one initializes a model, and returns nothing.
    let offered = signatures.keys.filter { $0 != "__saved_model_init_op" }.sorted()
    guard
      let key = offered.contains("serving_default")
        ? "serving_default" : offered.count == 1 ? offered[0] : nil,
      let bytes = signatures[key]
    else {
      throw GraphError(
        offered.isEmpty
          ? "it has no signature to call; save it with signatures={'serving_default': …}, or with model.export"
          : "it has no signature 'serving_default', but \(offered.map { "'\($0.printable())'" }.joined(separator: ", ")); save it with the one that is meant as 'serving_default'"
      )
    }
    var signature = Signature()
    try WireReader.forEach(in: bytes) { field in
      guard field.encoding == .bytes, field.number == 1 || field.number == 2 else { return }
      let entry = try WireReader.entry(field.payload)
      guard let value = entry.value, value.encoding == .bytes else { return }
      let port = try SavedModelFile.port(entry.key, value.payload)
      if field.number == 1 { signature.inputs.append(port) } else { signature.outputs.append(port) }
      guard signature.inputs.count + signature.outputs.count <= 4096 else {
        throw GraphError("its signature has more than 4096 tensors; it is damaged")
      }
    }
    guard !signature.outputs.isEmpty else {
      throw GraphError("signature '\(key.printable())' has no outputs; save the model again")
    }
    return signature
  }

  private static func port(_ key: String, _ bytes: UnsafeRawBufferPointer) throws -> Port {
    var port = Port(key: key, tensor: "", type: 0)
    do {
      try WireReader.forEach(in: bytes) { field in
        switch (field.number, field.encoding) {
        case (1, .bytes): port.tensor = field.text
        case (2, .varint): port.type = field.int
        case (3, .bytes): port.shape = try TFShape(field.payload)
        case (4, .bytes), (5, .bytes): throw GraphError("it is sparse or composed of several tensors")
        default: break
        }
      }
    } catch let error as GraphError {
      throw GraphError("'\(key.printable())' of the signature: \(error.message)")
    }
    return port
  }
}
