import PithGraph
import PithImport

/// What libFuzzer calls: whatever the bytes are, they are refused or become a graph that can be written and read again.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let names = ["saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001"]
  var files: [String: [UInt8]] = [:]
  var rest = Array(UnsafeBufferPointer(start: start, count: count))[...]
  let line = Array("\n----\n".utf8)
  for name in names {
    guard let end = rest.firstRange(of: line), name != names.last else {
      files[name] = Array(rest)
      break
    }
    files[name] = Array(rest[..<end.lowerBound])
    rest = rest[end.upperBound...]
  }
  // Checksums would catch every change of the variables.
  let options = SavedModelImporter.Options(maximumWeightBytes: 1 << 26, verifiesChecksums: false)
  if let graph = try? SavedModelImporter.read(files: files, options: options) { survive(graph) }
  return 0
}
