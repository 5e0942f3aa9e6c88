import PithGraph

@testable import PithImport

/// Tries the Keras importer and its HDF5 reader.
func fuzzKeras(_ bytes: [UInt8]) {
  let graph: Graph?
  if bytes.starts(with: HDF5File.signature) || bytes.starts(with: "PK".utf8) {
    graph = try? KerasImporter.read(bytes: bytes)
  } else {
    // What an archive holds, without the checksums that would catch every change.
    let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
    graph = try? KerasImporter.read(
      config: Array(parts[0]), weights: parts.count > 1 ? Array(parts[1]) : [], version: 3)
  }
  if let graph { survive(graph) }
}
