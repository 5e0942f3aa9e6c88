import PithGraph

/// Reads a model file of any format that Pith knows, by its content.
public enum ModelImporter {
  /// - Returns: the graph with all types inferred.
  /// - Throws: `ImportError` that names the file, the node and what to do.
  public static func read(path: String) throws -> Graph {
    if let folder = SavedModelImporter.folder(of: path) { return try SavedModelImporter.read(path: folder) }
    return switch try ModelFormat(path: path) {
    case .tflite: try TFLiteImporter.read(path: path)
    case .hdf5: try KerasImporter.read(path: path)
    case .zip: try readArchive(path: path)
    default: try ONNXImporter.read(path: path)
    }
  }

  /// Reads what is in a zip archive, of which several formats make use.
  private static func readArchive(path: String) throws -> Graph {
    let name = FileBytes.name(of: path)
    let bytes = try FileBytes(path: path)
    let archive: ZipFile
    do {
      archive = try ZipFile(bytes.raw, owner: bytes)
    } catch let error as GraphError {
      throw ImportError(file: name, error.message)
    }
    if KerasImporter.recognizes(archive) { return try KerasImporter.read(archive, name: name) }
    return try PyTorchImporter.read(archive, name: name)
  }

  /// What the format of a model file is called: "onnx", "keras", "tflite", "pytorch" or "savedmodel".
  public static func formatName(path: String) -> String {
    if SavedModelImporter.folder(of: path) != nil { return "savedmodel" }
    return switch try? ModelFormat(path: path) {
    case .tflite: "tflite"
    case .hdf5: "keras"
    case .zip: holdsKeras(path) ? "keras" : "pytorch"
    default: "onnx"
    }
  }

  private static func holdsKeras(_ path: String) -> Bool {
    guard let bytes = try? FileBytes(path: path), let archive = try? ZipFile(bytes.raw, owner: bytes) else {
      return false
    }
    return KerasImporter.recognizes(archive)
  }
}
