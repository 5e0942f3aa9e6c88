import PithExport
import PithGraph
import PithImport

/// Tries the TensorFlow Lite importer.
func fuzzTFLite(_ bytes: [UInt8]) {
  if let graph = try? TFLiteImporter.read(bytes: bytes) { survive(graph) }
}
