import PithFiles

/// NumPy's archives of arrays, `.npz`: ZIP archives with an `.npy` file for each array.
public enum NPZ {
  /// Reads all arrays of numbers in an archive into memory.
  /// - Returns: the arrays by name.
  /// - Throws: `FileError` when the file is missing, damaged or holds something else than numbers.
  public static func read(_ path: String) throws -> [String: NPY.Contents] {
    let archive = try ZipArchive(path)
    var arrays: [String: NPY.Contents] = [:]
    for name in arrayNames(archive) { arrays[name] = try NPY.read(open(name, in: archive)) }
    return arrays
  }

  /// Names by which arrays of samples go, the likelier first; upper case does not matter.
  static let inputNames = ["x", "images", "data", "inputs", "input", "features", "x_test", "arr_0"]
  /// Names by which arrays of labels go.
  static let labelNames = [
    "y", "labels", "label", "targets", "target", "classes", "class", "y_test", "arr_1",
  ]

  /// The names of the arrays in the archive.
  static func arrayNames(_ archive: ZipArchive) -> [String] {
    archive.entries.map { ZipEntryStream.arrayName($0.name) }
  }

  /// Opens the array called `name`.
  static func open(_ name: String, in archive: ZipArchive) throws -> StoredArray {
    guard let entry = archive.entries.first(where: { ZipEntryStream.arrayName($0.name) == name }) else {
      throw FileError(
        path: archive.path, reason: "holds no array '\(name)', but \(list(arrayNames(archive)))")
    }
    let stream = try ZipEntryStream(entry, of: archive.path)
    return try NPY.open(stream, container: .entry(entry, path: archive.path))
  }

  /// Which array holds the samples where none is named: the first of ``inputNames`` that is there, else the
  /// only array that is not called like labels.
  static func inputName(in archive: ZipArchive) throws -> String {
    let names = arrayNames(archive)
    if let name = first(of: inputNames, in: names) { return name }
    let others = names.filter { !labelNames.contains($0.lowercased()) }
    if others.count == 1 { return others[0] }
    let reason = names.isEmpty ? "holds no arrays" : "holds \(list(names))"
    throw FileError(
      path: archive.path, reason: "\(reason); say which are samples and labels: FILE.npz:SAMPLES,LABELS")
  }

  /// Which array holds the labels where none is named, if one does.
  static func labelName(in archive: ZipArchive) -> String? {
    first(of: labelNames, in: arrayNames(archive))
  }

  private static func first(of candidates: [String], in names: [String]) -> String? {
    for candidate in candidates {
      if let name = names.first(where: { $0.lowercased() == candidate }) { return name }
    }
    return nil
  }

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
    return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
  }
}
