import Foundation
import PithData
import Testing

/// Damaged files give one clear error or are read; never a crash, a hang or garbage memory.
@Suite struct HostileTests {
  let files: TestFiles

  init() throws { files = try TestFiles() }

  private func samples() throws -> [(name: String, bytes: [UInt8])] {
    let image = idx(8, [6, 2, 3], (0..<36).map { UInt8($0) })
    try files.write(image, "whole.idx.gz")
    return [
      ("a.idx", image), ("a.bin", try TestFiles.bytes(files.path("whole.idx.gz"))),
      ("f4.npy", try TestFiles.bytes(fixture("arrays/f4.npy"))),
      ("fortran.npy", try TestFiles.bytes(fixture("arrays/fortran.npy"))),
      ("stored.npz", try TestFiles.bytes(fixture("arrays/stored.npz"))),
      ("deflated.npz", try TestFiles.bytes(fixture("arrays/deflated.npz"))),
      ("fortran.npz", try TestFiles.bytes(fixture("arrays/fortran.npz"))),
      ("a.csv", Array("a,\"b\",label\r\n1,2.5,0\r\n3,-4e2,1\r\n\"5\",6,2\r\n".utf8)),
    ]
  }

  @Test func everyTruncationIsAnError() throws {
    for (name, bytes) in try samples() where name != "a.csv" {
      #expect(throws: Never.self) { try all(files.write(bytes, name)) }
      for length in 0..<bytes.count {
        let path = try files.write(Array(bytes[..<length]), name)
        let found = message { try all(path) }
        #expect(found.hasPrefix(path) && !found.contains("\n"), "\(name) of \(length) bytes: \(found)")
      }
    }
  }

  /// A table that stops early may be whole in itself.
  @Test func truncatedTablesNeverCrash() throws {
    let bytes = try #require(try samples().last).bytes
    for length in 0..<bytes.count {
      let path = try files.write(Array(bytes[..<length]), "a.csv")
      let found = message { try all(path) }
      #expect(found.hasPrefix(path) || found.hasPrefix("no error"), "\(found)")
    }
  }

  @Test func flippedBitsNeverCrash() throws {
    for (name, bytes) in try samples() {
      var random = Generator(state: 7)
      for round in 0..<1500 {
        var flipped = bytes
        for _ in 0...(round % 3) {
          let bit = Int(random.next() % UInt64(bytes.count * 8))
          flipped[bit / 8] ^= 1 << (bit % 8)
        }
        let path = try files.write(flipped, name)
        let found = message { try all(path).labels?.count }
        #expect(found.hasPrefix(path) || found.hasPrefix("no error"), "\(name): \(found)")
      }
    }
  }

  /// Bytes of no meaning behind each magic.
  @Test func noiseNeverCrashes() throws {
    let magics: [[UInt8]] = [
      [0, 0, 8, 3], [0, 0, 0x0E, 255], [0x93] + Array("NUMPY".utf8) + [1, 0, 60, 0],
      [0x50, 0x4B, 3, 4], [0x1F, 0x8B, 8, 0], [],
    ]
    var random = Generator(state: 11)
    for round in 0..<3000 {
      let noise = (0..<Int(random.next() % 200)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      let path = try files.write(magics[round % magics.count] + noise, "a.bin")
      let found = message { try all(path).labels?.count }
      #expect(found.hasPrefix(path) || found.hasPrefix("no error"), "\(found)")
    }
  }

  @Test func absurdExtentsAreErrors() throws {
    let huge = [0, 0, 0x0E, 8] + [UInt8](repeating: 0xFF, count: 32)
    for name in ["a.idx", "a.idx.gz"] {
      let path = try files.write(huge, name)
      #expect(message { try all(path) }.contains("which cannot be"))
      let wide = try files.write([0, 0, 8, 2, 0, 0, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 1], name)
      #expect(message { try all(wide) }.contains("the first axis has to count the samples"))
      let many = try files.write([0, 0, 8, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 1, 1], name)
      #expect(message { try all(many) }.contains("cut short or damaged"))
    }
  }

  /// Without a limit of time, which would run while other tests have the threads.
  @Test func aPipeIsNotWaitedFor() throws {
    let path = files.path("pipe")
    #expect(mkfifo(path, 0o600) == 0)
    #expect(message { try DataSet(path) }.contains("not a regular file"))
  }

  /// Lehmer's generator, so that a failure can be repeated.
  private struct Generator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
  }
}
