import PithGraph
import PithTestSupport
import Testing

@testable import PithImport

/// Entries come out as they went in, and hostile archives give one line.
@Suite struct ZipFileTests {
  private func open(_ bytes: [UInt8]) throws -> ZipFile {
    let owner = HeldBytes(bytes)
    return try ZipFile(owner.raw, owner: owner)
  }

  /// The message that opening an archive, or reading its first entry, ends with.
  private func failure(_ bytes: [UInt8], limit: Int = 1 << 20) -> String {
    do {
      let zip = try open(bytes)
      guard let first = zip.entries.first else { return "no entries" }
      _ = try zip.read(first, limit: limit)
      return "no error"
    } catch let error as GraphError {
      return error.message
    } catch {
      return "another error: \(error)"
    }
  }

  @Test func entriesAreReadAsWritten() throws {
    var archive = TestZip()
    archive.add("a/data.json", Array("{}".utf8))
    archive.add("a/empty", [])
    archive.add("a/folder/", [])
    archive.add("b", (0..<1000).map { UInt8($0 % 251) })
    let zip = try open(archive.bytes)
    #expect(zip.entries.map(\.name) == ["a/data.json", "a/empty", "b"])
    #expect(try zip.read("a/data.json", limit: 2) == Array("{}".utf8))
    #expect(try zip.read("a/empty", limit: 0) == [])
    #expect(try zip.read("b", limit: 1000).count == 1000)
    #expect(zip["c"] == nil)
    #expect(throws: GraphError.self) { try zip.read("c", limit: 10) }
    #expect(throws: GraphError.self) { try zip.read("b", limit: 999) }
  }

  @Test func deflatedEntriesAreUnpacked() throws {
    // "abc" a hundred times, by Python's zlib.compressobj(9, zlib.DEFLATED, -15).
    let packed: [UInt8] = [0x4b, 0x4c, 0x4a, 0x4e, 0x1c, 0x45, 0xc4, 0x21, 0]
    let contents = Array(repeating: Array("abc".utf8), count: 100).flatMap(\.self)
    var archive = TestZip()
    archive.add("t", packed, method: 8, size: 300, crc: TestZip.crc(contents))
    #expect(try open(archive.bytes).read("t", limit: 300) == contents)
    archive = TestZip()
    archive.add("t", packed, method: 8, size: 299, crc: TestZip.crc(contents))
    #expect(failure(archive.bytes) != "no error")
    archive = TestZip()
    archive.add("t", packed, method: 8, size: 301, crc: TestZip.crc(contents))
    #expect(failure(archive.bytes).contains("t' of the archive"))
  }

  @Test(arguments: ["../x", "a/../../x", "/etc/passwd", "..", "a\\..\\x", "C:\\x", "\\x"])
  func namesThatPointOutsideAreRefused(_ name: String) {
    var archive = TestZip()
    archive.add(name, [1])
    #expect(failure(archive.bytes).contains("points outside"))
  }

  @Test func bombsAreRefused() {
    var archive = TestZip()
    archive.add("model.json", Array(repeating: 0, count: 100_000), method: 8, size: 1 << 30)
    #expect(failure(archive.bytes).contains("zip bombs"))
    // Entries that share the same bytes.
    archive = TestZip()
    archive.add("a", Array(repeating: 7, count: 5000))
    for index in 0..<50 { archive.addAlias("alias\(index)") }
    #expect(failure(archive.bytes).contains("more bytes than the file has"))
    // Entries of which each could be honest.
    archive = TestZip()
    for index in 0..<3 {
      archive.add("\(index)", Array(repeating: 0, count: 10_000), method: 8, size: 10 << 20)
    }
    #expect(failure(archive.bytes).contains("unpack from"))
  }

  @Test func damageIsSeen() {
    var archive = TestZip()
    archive.add("a", [1, 2, 3], crc: 77)
    #expect(failure(archive.bytes).contains("CRC"))
    archive = TestZip()
    archive.add("a", [1, 2, 3], flags: 1)
    #expect(failure(archive.bytes).contains("encrypted"))
    archive = TestZip()
    archive.add("a", [1, 2, 3], method: 12)
    #expect(failure(archive.bytes).contains("method 12"))
    archive = TestZip()
    archive.add("a", [1])
    archive.add("a", [2])
    #expect(failure(archive.bytes).contains("twice"))
    archive = TestZip()
    archive.add("a", [1, 2, 3], size: 4)
    #expect(failure(archive.bytes).contains("two sizes"))
    #expect(failure([]).contains("damaged"))
  }

  @Test func tooManyEntriesAreRefused() {
    var archive = TestZip()
    for index in 0..<(ZipFile.Limits.entries + 1) { archive.add("e\(index)", []) }
    #expect(failure(archive.bytes).contains("more than"))
  }

  @Test func truncationAndFlippedBitsAreSurvived() {
    var archive = TestZip()
    archive.add("a/b", Array("some contents".utf8))
    archive.add("c", Array(repeating: 9, count: 64))
    var bytes = archive.bytes
    for count in 0..<bytes.count { #expect(failure(Array(bytes.prefix(count))) != "no error") }
    for place in bytes.indices {
      for bit in 0..<8 {
        bytes[place] ^= 1 << UInt8(bit)
        _ = failure(bytes)
        bytes[place] ^= 1 << UInt8(bit)
      }
    }
  }
}
