import PithImport

/// Tries the ONNX importer.
func fuzzONNX(_ bytes: [UInt8]) {
  guard let graph = try? ONNXImporter.read(bytes: bytes, directory: "/nonexistent") else { return }
  survive(graph)
}
