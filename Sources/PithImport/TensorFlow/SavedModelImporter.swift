import PithGraph

/// Reads TensorFlow's SavedModels: the graph for inference, with its functions in place of their calls and its variables
/// as constants. Nothing of it is executed.
///
/// The graph that is tagged `serve` is read, and of it the signature `serving_default` or the only one. Inputs and
/// outputs are called as the signature calls them and keep their layout; inside, convolutions have their channels first.
/// Format: https://www.tensorflow.org/guide/saved_model and the protocol buffers that it names.
public enum SavedModelImporter {
  /// Bounds of what a model may ask for.
  public struct Options: Sendable {
    /// Bytes that the weights may take in memory.
    public var maximumWeightBytes: Int
    /// Whether checksums of variables are checked; fuzzing goes without.
    public var verifiesChecksums: Bool

    public init(maximumWeightBytes: Int = 4 << 30, verifiesChecksums: Bool = true) {
      self.maximumWeightBytes = maximumWeightBytes
      self.verifiesChecksums = verifiesChecksums
    }
  }

  /// The file by which a folder is recognized.
  public static let fileName = "saved_model.pb"

  /// The folder to read where a path names one, or the file in it by which it is recognized; nil for any other file.
  public static func folder(of path: String) -> String? {
    if FileBytes.isFolder(path) {
      let end = path.lastIndex { $0 != "/" } ?? path.startIndex
      return path.isEmpty ? nil : String(path[...end])
    }
    return FileBytes.name(of: path) == fileName ? FileBytes.directory(of: path) : nil
  }

  /// Reads a model from its folder.
  /// - Returns: the graph with all types inferred; an axis of unknown size is called `batch` if it is the first, else
  ///   `INPUT_axisN`.
  /// - Throws: `ImportError` that names the folder, the node and what to do.
  public static func read(path: String, options: Options = Options()) throws -> Graph {
    try read(DiskFolder(path: path), name: FileBytes.name(of: path), options: options)
  }

  /// Reads a model from memory.
  /// - Parameter files: the contents of the files by their names within the folder, as in `variables/variables.index`.
  /// - Throws: `ImportError`.
  public static func read(
    files: [String: [UInt8]], name: String = "model", options: Options = Options()
  ) throws -> Graph {
    try read(MemoryFolder(files: files), name: name, options: options)
  }

  private static func read(_ folder: any ModelFolder, name: String, options: Options) throws -> Graph {
    do {
      guard let bytes = try folder.contents(of: fileName) else {
        throw ImportError(
          file: name, "there is no '\(fileName)' in it; name a model file, or a SavedModel's folder")
      }
      return try withExtendedLifetime(bytes) { try translate(bytes.raw, folder, options) }
    } catch var error as ImportError {
      error.file = name
      throw error
    } catch let error as GraphError {
      throw ImportError(file: name, node: error.node, error.message)
    }
  }

  private static func translate(
    _ bytes: UnsafeRawBufferPointer, _ folder: any ModelFolder, _ options: Options
  ) throws -> Graph {
    let file = try SavedModelFile(bytes)
    let signature = try file.signature()
    let graph = try TFGraphDef(file.graph)
    let bundle = try TensorBundle(folder, prefix: "variables/variables", options: options)
    let variables = try VariableTable(graph, restoredBy: file.restoreOperation, bundle: bundle)

    let inputs = ordered(signature.inputs, by: graph)
    let outputs = ordered(signature.outputs, by: graph)
    var given: [String: TFOutput] = [:]
    for (index, port) in inputs.enumerated() {
      let output = TFOutput(node: -1 - index)
      guard
        given.updateValue(output, forKey: port.tensor.contains(":") ? port.tensor : "\(port.tensor):0") == nil
      else {
        throw GraphError("tensor '\(port.tensor.printable())' is an input twice; save the model again")
      }
    }
    var flattener = TFFlattener(graph, given: given)
    let results = try outputs.map { try flattener.require($0.tensor) }
    try TFOperators.check(flattener.nodes)

    let builder = TFGraphBuilder(name: "main", nodes: flattener.nodes, variables: variables)
    for (index, port) in inputs.enumerated() {
      try builder.addInput(port, as: TFOutput(node: -1 - index))
    }
    for (index, node) in flattener.nodes.enumerated() {
      guard let reader = TFOperators.readers[node.op] else { continue }
      do {
        for (result, value) in try reader.read(node, into: builder).enumerated() {
          builder.bind(TFOutput(node: index, index: result), to: value)
        }
      } catch let error as GraphError {
        throw ImportError(file: "", node: node.label, error.message)
      }
    }
    for (port, result) in zip(outputs, results) {
      do {
        try builder.addOutput(port, result)
      } catch let error as GraphError {
        throw GraphError("output '\(port.key.printable())': \(error.message)")
      }
    }
    return builder.graph.withoutUnreadNodes()
  }

  /// The tensors of a signature, which has no order, in that of the graph: by node, result and name.
  private static func ordered(_ ports: [SavedModelFile.Port], by graph: TFGraphDef) -> [SavedModelFile.Port] {
    func place(_ port: SavedModelFile.Port) -> (Int, Int) {
      let parts = port.tensor.split(separator: ":").map(String.init)
      return (graph.order[parts.first ?? ""] ?? .max, parts.count > 1 ? Int(parts[1]) ?? 0 : 0)
    }
    return ports.sorted { a, b in
      let (first, second) = (place(a), place(b))
      return first == second ? a.key < b.key : first < second
    }
  }
}

extension Graph {
  /// The graph without nodes whose results nobody reads.
  func withoutUnreadNodes() -> Graph {
    var copy = self
    var read = Set(outputs)
    var kept: [Node] = []
    for node in nodes.reversed() where node.outputs.contains(where: read.contains) {
      kept.append(node)
      read.formUnion(node.inputs.compactMap(\.self))
    }
    copy.replaceNodes(kept.reversed())
    return copy
  }
}
