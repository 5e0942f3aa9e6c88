import PithGraph

/// Reads TensorFlow Lite (LiteRT) models: schema version 3, float and quantized to 8 bits.
///
/// A quantized model keeps its scales and zero points: where the file stores a tensor as bytes, the graph has a
/// `FakeQuantize` of the same levels. Inputs and outputs that are bytes in the file are reals here, and are rounded
/// likewise. A signature's free first axis is called `batch`.
/// Schema: https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs
public enum TFLiteImporter {
  /// TFLite's names of the operators that are understood, in alphabetical order.
  public static var supportedOperators: [String] { TFLiteOperators.readers.keys.sorted() }

  /// Reads a model from a file.
  /// - Returns: the graph with all types inferred.
  /// - Throws: `ImportError` that names the file, the node and what to do.
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

  static func read(_ bytes: UnsafeRawBufferPointer, name: String) throws -> Graph {
    let format = ModelFormat(bytes)
    guard format == .tflite else { throw ImportError(file: name, format.advice) }
    do {
      return try translate(bytes)
    } catch var error as ImportError {
      error.file = name
      throw error
    } catch let error as GraphError {
      throw ImportError(file: name, node: error.node, error.message)
    }
  }

  private static func translate(_ bytes: UnsafeRawBufferPointer) throws -> Graph {
    let file = try TFLiteFile(bytes)
    try TFLiteOperators.check(file.nodes)
    let builder = try TFLiteGraphBuilder(file, fileBytes: bytes.count)
    for node in file.nodes {
      guard let reader = TFLiteOperators.readers[node.opType] else { continue }
      do {
        guard !node.outputs.isEmpty else { throw GraphError("it has no outputs; export the model again") }
        try reader.read(node, into: builder)
      } catch let error as GraphError {
        throw ImportError(file: "", node: node.label, error.message)
      }
    }
    try builder.markOutputs()
    return builder.graph
  }
}
