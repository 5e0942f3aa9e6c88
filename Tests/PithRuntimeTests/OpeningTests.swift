import CPith
import Glibc
import PithRuntime
import Testing

@testable import PithHost

/// Files as a system gives them: copied and mapped.
@Suite struct OpeningTests {
  /// A path of this test's own, which does not exist.
  private final class Place {
    let path: String
    init(_ name: String) {
      path = "/tmp/pith-opening-test-\(getpid())-\(name).pith"
      unlink(path)
    }
    deinit { unlink(path) }

    func write(_ bytes: [UInt8]) throws {
      let file = try #require(fopen(path, "w"))
      #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
      fclose(file)
    }
  }

  /// What each way of opening says of the file; empty where it opens.
  private func messages(_ path: String) -> [String] {
    let ways: [() throws -> PithModel] = [
      { try PithModel(contentsOf: path) }, { try PithModel(mapping: path) },
      { try PithModel(mapping: path, checksum: false) },
    ]
    return ways.map { open in
      do {
        _ = try open()
        return ""
      } catch { return "\(error)" }
    }
  }

  private func expect(_ message: String, of path: String, _ location: SourceLocation = #_sourceLocation) {
    #expect(messages(path) == [String](repeating: message, count: 3), sourceLocation: location)
  }

  @Test func mappedAndCopiedGiveTheSame() throws {
    let place = Place("same")
    let bytes = Samples.integers().build()
    // What follows the file's own bytes is ignored, here so much that it takes pages.
    for rest in [0, 1, 200_000] {
      try place.write(bytes + [UInt8](repeating: 7, count: rest))
      let copied = try PithModel(contentsOf: place.path)
      let mapped = try PithModel(mapping: place.path)
      let unchecked = try PithModel(mapping: place.path, checksum: false)
      // An opened file outlives its name.
      unlink(place.path)
      let expected = try PithModel(bytes: bytes).run(inputs: SessionTests.inputs)
      for model in [copied, mapped, unchecked] {
        #expect(model.fileBytes == bytes.count)
        #expect(try model.run(inputs: SessionTests.inputs) == expected)
      }
      #expect(throws: PithError.self) { _ = try PithModel(mapping: place.path, isa: .scalar) }
    }
  }

  @Test func mapsWithTheKernelsAskedFor() throws {
    let place = Place("kernels")
    try place.write(Samples.floats().build())
    for isa in PithISA.available { #expect(try PithModel(mapping: place.path, isa: isa).isa == isa) }
  }

  @Test func whatIsNoFileIsOneLine() throws {
    let place = Place("none")
    expect("\(place.path): No such file or directory", of: place.path)
    expect("/tmp: Is a directory", of: "/tmp")
    expect("/dev/zero: Not a regular file", of: "/dev/zero")
    #expect(mkfifo(place.path, 0o600) == 0)
    // Nobody will ever write to it.
    expect("\(place.path): Not a regular file", of: place.path)
  }

  @Test func everyTruncationIsOneLine() throws {
    let place = Place("short")
    let bytes = Samples.integers().build()
    for count in [0, 1, 3, 4, 63, 64, bytes.count / 2, bytes.count - 1] {
      try place.write(Array(bytes.prefix(count)))
      expect("\(place.path): the file is shorter than its header says", of: place.path)
    }
    try place.write(Array("PK, but long enough for a header".utf8) + bytes)
    expect("\(place.path): this is not a .pith file", of: place.path)
  }

  @Test func onlyTheChecksumFindsDamagedWeights() throws {
    let place = Place("damaged")
    var bytes = Samples.integers().build()
    bytes[bytes.count - 1] ^= 1
    try place.write(bytes)
    let line = "\(place.path): the file is damaged: its checksum does not fit"
    #expect(messages(place.path) == [line, line, ""])
  }

  @Test func memoryIsZeroAndAligned() {
    for count in [0, 1, 64, 4096, 1 << 17, 1 << 20 + 3] {
      let memory = AlignedBytes(count: count)
      #expect(memory.count == count && UInt(bitPattern: memory.start) % UInt(PITH_ALIGNMENT) == 0)
      let bytes = UnsafeMutableRawBufferPointer(start: memory.start, count: count)
      #expect(bytes.allSatisfy { $0 == 0 })
      for index in bytes.indices { bytes[index] = 1 }
    }
  }

  /// Gigabytes that nobody touches cost nothing.
  @Test func untouchedMemoryIsNotHeld() {
    let before = held()
    let memory = AlignedBytes(count: 1 << 30)
    memory.start.storeBytes(of: 1, as: UInt8.self)
    #expect(held() - before < 200 << 20)
  }

  /// Bytes that this process holds, from /proc/self/statm.
  private func held() -> Int {
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 200)
    guard fgets(&line, 200, file) != nil else { return 0 }
    let fields = String(decoding: line.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
    return (Int(fields[1]) ?? 0) * Int(getpagesize())
  }
}
