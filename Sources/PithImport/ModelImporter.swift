import PithGraph

/// Reads a model file of any format that Pith knows, by its content.
public enum ModelImporter {
  /// - Returns: the graph with all types inferred.
  /// - Throws: `ImportError` that names the file, the node and what to do.
  public static func read(path: String) throws -> Graph {
    switch try ModelFormat(path: path) {
    case .tflite: try TFLiteImporter.read(path: path)
    default: try ONNXImporter.read(path: path)
    }
  }
}
