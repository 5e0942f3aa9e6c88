import PithImport

/// What libFuzzer calls: whatever the bytes are, they are refused or become a graph that can be written and read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  guard let graph = try? ONNXImporter.read(bytes: bytes, directory: "/nonexistent") else { return 0 }
  survive(graph)
  return 0
}
