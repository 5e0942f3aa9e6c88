import PithExport
import PithGraph
import PithImport

/// What libFuzzer calls: whatever the bytes are, they are refused or become a graph that can be written and read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  if let graph = try? TFLiteImporter.read(bytes: bytes) { survive(graph) }
  return 0
}
