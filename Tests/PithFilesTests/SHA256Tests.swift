import Foundation
import PithFiles
import Testing

@Suite struct SHA256Tests {
  /// The examples of FIPS 180-4 (NIST, "Secure Hash Standard examples"), and the empty text.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1_000_000),
      "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    ),
  ])
  func matchesThePublishedExamples(text: String, digest: String) {
    #expect(SHA256.hexadecimal(of: text) == digest)
  }

  @Test func doesNotDependOnThePieces() throws {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    var whole = SHA256()
    whole.update(bytes)
    for size in [1, 7, 55, 56, 63, 64, 65, 119, 128, 999] {
      var pieces = SHA256()
      for start in stride(from: 0, to: bytes.count, by: size) {
        pieces.update(bytes[start..<min(start + size, bytes.count)])
      }
      #expect(pieces.hexadecimal() == whole.hexadecimal(), "\(size)")
    }
    let path = FileManager.default.temporaryDirectory.path + "/pith-sha-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try AtomicFile.write(bytes, to: path)
    #expect(try SHA256.hexadecimal(ofFile: path) == whole.hexadecimal())
    #expect(throws: FileError.self) { try SHA256.hexadecimal(ofFile: path + "-none") }
  }
}
