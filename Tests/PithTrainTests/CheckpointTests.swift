import Foundation
import PithFiles
import PithTestSupport
import PithTrain
import Testing

/// A folder that is removed again.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/pith-train-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }
}

@Suite struct CheckpointTests {
  private func identity(_ rate: Double = 0.1) throws -> RunIdentity {
    var identity = RunIdentity()
    var options = TrainingOptions()
    options.optimizer.learningRate = rate
    try identity.add(options: options)
    identity.add("model", hash: 0xabc)
    return identity
  }

  /// https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md and the reference implementation's results.
  @Test func hashesAsXXHashDoes() {
    #expect(ContentHash.of([]) == 0xEF46_DB37_51D8_E999)
    #expect(ContentHash.of(Array("a".utf8)) == 0xD24E_C4F1_A98C_6E5B)
    #expect(ContentHash.of(Array("abc".utf8)) == 0x44BC_2CF5_AD77_0999)
    #expect(
      ContentHash.of(Array("Nobody inspects the spammish repetition".utf8)) == 0xFBCE_A83C_8A37_8BF1)
  }

  @Test func hashesThePartsAsTheWhole() {
    var random = SeededRandom(seed: 8)
    let bytes = (0..<1000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    for cut in [0, 1, 31, 32, 33, 500, 999] {
      var hash = ContentHash()
      bytes[..<cut].withUnsafeBytes { hash.add($0) }
      bytes[cut...].withUnsafeBytes { hash.add($0) }
      #expect(hash.value == ContentHash.of(bytes))
    }
  }

  @Test func holdsWhatWasPutIntoIt() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.checkpoint")
    let checkpoint = Checkpoint(path: path, identity: try identity())
    #expect(try !checkpoint.load())
    let arrays: [[Float]] = [[1, -0.0, .nan, .infinity, 0x1p-149], [], [3]]
    checkpoint.set("a/floats", floats: arrays)
    try checkpoint.set("a/list", [1.5, .infinity])
    checkpoint["bytes"] = [1, 2, 3]
    try checkpoint.save()

    let again = Checkpoint(path: path, identity: try identity())
    #expect(try again.load())
    #expect(again.names == ["a/floats", "a/list", "bytes"])
    let found = try #require(try again.floats("a/floats"))
    #expect(found.map { $0.map(\.bitPattern) } == arrays.map { $0.map(\.bitPattern) })
    #expect(try again.value("a/list", as: [Double].self) == [1.5, .infinity])
    #expect(again["bytes"] == [1, 2, 3])
    #expect(throws: FileError.self) { try again.floats("bytes") }
    #expect(throws: FileError.self) { try again.value("bytes", as: [Double].self) }
    again.removeSections(prefix: "a/")
    #expect(again.names == ["bytes"])
    again.remove()
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  @Test func anotherRunsIsRefusedAndTheDifferenceNamed() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.checkpoint")
    try Checkpoint(path: path, identity: try identity(0.1)).save()
    let error = #expect(throws: FileError.self) {
      try Checkpoint(path: path, identity: try self.identity(0.2)).load()
    }
    #expect(error?.reason.contains("optimizer.learningRate was 0.1 and is 0.2 now") == true)
    var longer = try identity(0.1)
    longer.add("data", "x")
    #expect(throws: FileError.self) { try Checkpoint(path: path, identity: longer).load() }
  }

  @Test func damageIsFound() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("x.checkpoint")
    let checkpoint = Checkpoint(path: path, identity: try identity())
    checkpoint.set("floats", floats: [[1, 2, 3]])
    try checkpoint.save()
    let whole = [UInt8](try Data(contentsOf: URL(filePath: path)))
    func isRefused(_ bytes: [UInt8]) throws -> Bool {
      try Data(bytes).write(to: URL(filePath: path))
      do {
        _ = try Checkpoint(path: path, identity: identity()).load()
        return false
      } catch is FileError {
        return true
      }
    }
    for length in stride(from: 0, to: whole.count, by: 7) { #expect(try isRefused(Array(whole[..<length]))) }
    #expect(try isRefused(whole + [0]))
    // The four bytes after the version are not used.
    for index in whole.indices where !(12..<16).contains(index) {
      var bytes = whole
      bytes[index] ^= 0x40
      #expect(try isRefused(bytes), "byte \(index)")
    }
    #expect(try !isRefused(whole))
  }
}
