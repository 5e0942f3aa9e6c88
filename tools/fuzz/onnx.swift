import PithExport
import PithGraph
import PithImport

/// What libFuzzer calls: whatever the bytes are, they are refused or become a graph that can be written and read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard let graph = try? ONNXImporter.read(bytes: bytes, directory: "/nonexistent") else { return 0 }
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
  return 0
}
