import PithGraph
import PithImport

/// Tries the SavedModel importer on the files of a folder in one, a line between.
func fuzzSavedModel(_ bytes: [UInt8]) {
  let names = ["saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001"]
  var files: [String: [UInt8]] = [:]
  var rest = bytes[...]
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
}
