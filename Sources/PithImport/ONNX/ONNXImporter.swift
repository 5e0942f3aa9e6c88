import PithGraph

/// Reads ONNX models: the default domain's opsets 1 to 24.
///
/// Forms of older opsets become those that `PithGraph` documents; floating-point weights of any width become float32.
/// Format: https://onnx.ai/onnx/repo-docs/IR.html
public enum ONNXImporter {
  /// Bounds of what a file may ask for.
  public struct Options: Sendable {
    /// Bytes that the weights may take in memory.
    public var maximumWeightBytes: Int
    /// Tensors for some of the inputs, by name: they become constants, as shapes, axes and the like have to be.
    public var constants: [String: Tensor]

    public init(maximumWeightBytes: Int = 4 << 30, constants: [String: Tensor] = [:]) {
      self.maximumWeightBytes = maximumWeightBytes
      self.constants = constants
    }
  }

  /// The opsets that are understood.
  public static let supportedOpsets = 1...24

  /// Reads a model from a file, and weights that it keeps in other files of the same folder.
  /// - Returns: the graph with all types inferred; a symbolic axis keeps its name, and one without a name is called
  ///   `batch` if it is the first, else `INPUT_axisN`.
  /// - Throws: `ImportError` that names the file, the node and what to do.
  public static func read(path: String, options: Options = Options()) throws -> Graph {
    try checkHead(path)
    let bytes = try FileBytes(path: path)
    return try withExtendedLifetime(bytes) {
      try read(
        bytes.raw, name: FileBytes.name(of: path), directory: FileBytes.directory(of: path), options: options)
    }
  }

  /// A large file that is something else is not read as a whole to find that out.
  private static func checkHead(_ path: String) throws {
    let head = try FileBytes(path: path, limit: 512)
    try withExtendedLifetime(head) {
      let format = ModelFormat(head.raw)
      let isMessage = format == .unknown && WireReader.begins(head.raw)
      guard isMessage || format == .text else {
        throw ImportError(file: FileBytes.name(of: path), format.advice)
      }
    }
  }

  /// Reads a model from memory.
  /// - Parameters:
  ///   - name: what messages call it.
  ///   - directory: the folder of external weights; nil where there may be none.
  /// - Throws: `ImportError`.
  public static func read(
    bytes: [UInt8], name: String = "model", directory: String? = nil, options: Options = Options()
  ) throws -> Graph {
    try bytes.withUnsafeBytes { try read($0, name: name, directory: directory, options: options) }
  }

  private static func read(
    _ bytes: UnsafeRawBufferPointer, name: String, directory: String?, options: Options
  ) throws -> Graph {
    let format = ModelFormat(bytes)
    guard format == .unknown || format == .text else { throw ImportError(file: name, format.advice) }
    do {
      return try translate(
        bytes, tensors: TensorReader(directory: directory, byteLimit: options.maximumWeightBytes),
        constants: options.constants)
    } catch var error as ImportError {
      error.file = name
      throw error
    } catch let error as GraphError {
      // Text is never a protobuf message, except by accident.
      if format == .text { throw ImportError(file: name, format.advice) }
      throw ImportError(file: name, node: error.node, error.message)
    }
  }

  private static func translate(
    _ bytes: UnsafeRawBufferPointer, tensors: TensorReader, constants: [String: Tensor]
  ) throws -> Graph {
    let builder = try ONNXGraphBuilder(try ONNXFile(bytes), tensors: tensors, constants: constants)
    try builder.translate()
    return builder.graph
  }
}
