import PithExport
import PithGraph
import PithImport

/// Whatever was imported can be checked, written and read again.
func survive(_ graph: Graph) {
  do {
    try graph.verify()
  } catch {
    fatalError("imported, but not verified: \(error)")
  }
  // Wrong shapes for a batch are an error of the graph, not of the program.
  _ = try? graph.specialized(batch: 3)
  do {
    let written = try ONNXExporter.bytes(of: graph)
    _ = try ONNXImporter.read(bytes: written)
  } catch {
    fatalError("imported, but not exported: \(error)")
  }
}
