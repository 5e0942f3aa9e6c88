import PithGraph

@testable import PithImport

/// What libFuzzer calls: whatever the bytes are, they are refused or become a graph that can be written and read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
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
  return 0
}
