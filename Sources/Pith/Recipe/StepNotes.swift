import Foundation

/// What the working folder holds of a step: that it has begun, and that it is done with which result. Each note is a
/// file that appears whole or not at all.
struct StepNotes {
  private let begunPath: String
  private let donePath: String

  init(folder: String, label: String) {
    begunPath = "\(folder)/\(label).begun"
    donePath = "\(folder)/\(label).done.json"
  }

  /// The result of a step.
  struct Done: Codable {
    /// Of the step when it was done.
    var key: String
    /// SHA-256 of each file that it wrote.
    var outputs: [String: String]
    var seconds: Double
    var report: RecipeReport.StepReport
  }

  /// The result, where nothing that it depends on has changed since and its files are as they were left.
  func done(key: String) -> Done? {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    guard let data = FileManager.default.contents(atPath: donePath),
      let done = try? decoder.decode(Done.self, from: data), done.key == key,
      let now = try? StepNotes.digests(done.outputs.keys), now == done.outputs
    else { return nil }
    return done
  }

  /// Whether the same step was begun and never finished.
  func hasBegun(key: String) -> Bool {
    FileManager.default.contents(atPath: begunPath).map { $0.elementsEqual(key.utf8) } ?? false
  }

  func begin(key: String) throws {
    try AtomicFile.write(key, to: begunPath)
    unlink(donePath)
  }

  func finish(_ done: Done) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    try AtomicFile.write(try encoder.encode(done), to: donePath)
    unlink(begunPath)
  }

  func forget() {
    unlink(begunPath)
    unlink(donePath)
  }

  static func digests(_ paths: some Sequence<String>) throws -> [String: String] {
    var result: [String: String] = [:]
    for path in paths where !path.hasPrefix("/dev/") { result[path] = try SHA256.hexadecimal(ofFile: path) }
    return result
  }

  /// What a step's result depends on: the program's version, the options, and the content of what it reads.
  /// - Throws: `FileError` where a file cannot be read.
  static func key(of step: RecipePlan.Step) throws -> String {
    var parts = ["pith \(Pith.version)"] + step.arguments
    for model in step.models.keys.sorted() { parts.append(try ModelFiles.digest(model)) }
    for data in step.data.keys.sorted() {
      for path in try DataFiles.paths(data) { parts.append(try DataFiles.fingerprint(path)) }
    }
    return SHA256.hexadecimal(of: parts.map { "\($0.utf8.count):\($0)" }.joined())
  }
}

/// The files behind a DATA specification.
enum DataFiles {
  /// - Throws: `FileError` where it is not a specification.
  static func paths(_ specification: String) throws -> [String] {
    let source = try DataSource(specification)
    let isDescription = [".yaml", ".yml"].contains(where: specification.lowercased().hasSuffix)
    return (isDescription ? [specification] : []) + [source.path] + (source.labelPath.map { [$0] } ?? [])
  }

  /// The content of a file; of a folder, which may hold a hundred thousand pictures, their names, sizes and times.
  static func fingerprint(_ path: String) throws -> String {
    var status = stat()
    guard stat(path, &status) == 0 else { throw FileError(reading: path, code: errno) }
    guard status.st_mode & S_IFMT == S_IFDIR else { return try SHA256.hexadecimal(ofFile: path) }
    let names = (FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []).sorted()
    var digest = SHA256()
    for name in names {
      guard stat(path + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
      let line =
        "\(name.utf8.count):\(name) \(status.st_size) \(status.st_mtim.tv_sec).\(status.st_mtim.tv_nsec)\n"
      digest.update(Array(line.utf8))
    }
    return digest.hexadecimal()
  }
}
