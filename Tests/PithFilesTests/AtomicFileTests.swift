import Foundation
import PithFiles
import Testing

@Suite struct AtomicFileTests {
  let directory: String

  init() throws {
    directory = FileManager.default.temporaryDirectory.path + "/pith-files-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
  }

  private func contents() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
  }

  private func message(_ body: () throws -> Void) -> String {
    do { try body() } catch { return "\(error)" }
    return "no error"
  }

  struct Stop: Error {}

  @Test func writesAndReplaces() throws {
    let path = directory + "/a.bin"
    try AtomicFile.write([1, 2, 3] as [UInt8], to: path)
    try AtomicFile.write(to: path) { sink in
      try sink.write("ab")
      try sink.write(littleEndian: UInt32(0x0403_0201))
      try sink.align(to: 8)
      #expect(sink.position == 8)
      try sink.write([UInt8](repeating: 7, count: 200_000))
      #expect(sink.position == 200_008)
    }
    let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(bytes.count == 200_008)
    #expect(bytes.prefix(9) == [97, 98, 1, 2, 3, 4, 0, 0, 7])
    #expect(try contents() == ["a.bin"])
    try FileManager.default.removeItem(atPath: directory)
  }

  @Test func aFailureChangesNothing() throws {
    let path = directory + "/a.bin"
    try AtomicFile.write("old", to: path)
    #expect(throws: Stop.self) {
      try AtomicFile.write(to: path) { sink in
        try sink.write([UInt8](repeating: 0, count: 100_000))
        throw Stop()
      }
    }
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
    #expect(try contents() == ["a.bin"])
    try FileManager.default.removeItem(atPath: directory)
  }

  @Test func keepsTheModeAndFollowsALink() throws {
    let path = directory + "/a.sh"
    try AtomicFile.write("old", to: path)
    chmod(path, 0o750)
    symlink("a.sh", directory + "/link")
    try AtomicFile.write("new", to: directory + "/link")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
    var status = stat()
    #expect(lstat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o750)
    #expect(lstat(directory + "/link", &status) == 0)
    #expect(status.st_mode & S_IFMT == S_IFLNK)
    try FileManager.default.removeItem(atPath: directory)
  }

  @Test func errorsNameTheFileAndTheRemedy() throws {
    let lost = directory + "/no/such/x.pith"
    #expect(
      message { try AtomicFile.write("x", to: lost) }
        == "\(lost): the directory '\(directory)/no/such' does not exist; "
        + "create it or choose another place with -o")
    #expect(message { try AtomicFile.write("x", to: directory) }.contains("this is a directory"))
    #expect(message { try AtomicFile.write("x", to: directory + "/new/") }.contains(": "))
    #expect(message { try AtomicFile.write("x", to: "") }.contains("the output's name is empty"))
    #expect(
      message { try AtomicFile.write("x", to: "/dev/full") }
        == "/dev/full: no space left on device; free some or choose another place with -o")
    try AtomicFile.write("x", to: "/dev/null")
    let long = directory + "/" + String(repeating: "n", count: 300)
    #expect(message { try AtomicFile.write("x", to: long) }.contains("the name is too long"))
    #expect(try contents().isEmpty)
    try FileManager.default.removeItem(atPath: directory)
  }
}
