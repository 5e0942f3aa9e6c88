import CPith
import Foundation
import PithTestSupport
import Testing

@testable import Pith

/// Files cut short or with a bit flipped: a clear error or a normal run, never a crash.
@Suite struct DamagedModelTests {
  /// A file that is damaged in place and mended again.
  private final class Victim {
    let path: String
    let size: Int
    private let folder: TemporaryFolder
    private let bytes: [UInt8]
    private let descriptor: Int32

    init(_ bytes: [UInt8], name: String) throws {
      folder = try TemporaryFolder()
      path = folder.path(name)
      self.bytes = bytes
      size = bytes.count
      try Data(bytes).write(to: URL(filePath: path))
      descriptor = open(path, O_RDWR)
      try #require(descriptor >= 0)
    }

    deinit { close(descriptor) }

    func truncate(to count: Int) { try? Data(bytes.prefix(count)).write(to: URL(filePath: path)) }

    func whileFlipped(_ bit: Int, _ body: () -> Void) {
      var byte = bytes[bit / 8] ^ 1 << (bit % 8)
      pwrite(descriptor, &byte, 1, off_t(bit / 8))
      body()
      var mended = bytes[bit / 8]
      pwrite(descriptor, &mended, 1, off_t(bit / 8))
    }
  }

  /// Opens a model and runs a sample as `compress run` does.
  private func run(_ path: String, _ sample: DataSet) throws {
    let predictor = try OpenedPredictor.open(path, threads: 1, isa: .automatic, data: sample)
    try predictor.check(sample)
    let batch = try #require(try sample.batches(of: 1, limit: 1, includingLabels: false).next())
    _ = try predictor.predict(batch.inputs, count: 1)
  }

  /// Whether it ran; what it throws must be a sentence.
  private func survives(_ path: String, _ sample: DataSet) -> Bool {
    do {
      try run(path, sample)
      return true
    } catch {
      let text = String(describing: error)
      #expect(text.count > 15 && !text.contains("\n"), "\(text)")
      return false
    }
  }

  private func sample() throws -> DataSet { try DataSet(Networks.testImages) }

  private func places(_ count: Int, seed: Int) -> [Int] {
    var random = SeededRandom(seed: seed)
    // Evenly spread, and the ends, where headers and tables are.
    return (0..<140).map { $0 * count / 140 } + (0..<30).map { $0 * 3 }
      + (1...10).map { count - $0 } + (0..<20).map { _ in Int.random(in: 0..<count, using: &random) }
  }

  @Test func aShortenedONNXFileIsRefused() throws {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: Networks.path("cnn"))))
    let victim = try Victim(bytes, name: "cnn.onnx")
    let sample = try sample()
    #expect(survives(victim.path, sample))
    for count in places(bytes.count, seed: 1) {
      victim.truncate(to: count)
      #expect(!survives(victim.path, sample), "\(count) bytes")
    }
  }

  @Test(arguments: ["cnn", "mobilenet"])
  func aFlippedBitInAnONNXFileIsAnErrorOrARun(_ name: String) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: Networks.path(name))))
    let victim = try Victim(bytes, name: "\(name).onnx")
    let sample = try sample()
    var random = SeededRandom(seed: 2)
    var (ran, refused) = (0, 0)
    for index in 0..<1000 {
      // Half of them anywhere, which is mostly weights; half in the structure around the nodes.
      let limit = index % 2 == 0 ? bytes.count : Swift.min(bytes.count, 6000)
      victim.whileFlipped(Int.random(in: 0..<limit * 8, using: &random)) {
        if survives(victim.path, sample) { ran += 1 } else { refused += 1 }
      }
    }
    #expect(ran > 300 && refused > 100, "\(ran) ran, \(refused) were refused")
    #expect(survives(victim.path, sample), "mended again")
  }

  @Test(arguments: Networks.names)
  func aShortenedPithFileIsRefused(_ name: String) throws {
    let bytes = try Networks.quantized[name]!.get().bytes
    let victim = try Victim(bytes, name: "\(name).pith")
    let sample = try sample()
    #expect(survives(victim.path, sample))
    for count in places(bytes.count, seed: 3) {
      victim.truncate(to: count)
      #expect(!survives(victim.path, sample), "\(count) bytes")
    }
  }

  @Test(arguments: Networks.names)
  func theChecksumSeesEveryFlippedBit(_ name: String) throws {
    let bytes = try Networks.quantized[name]!.get().bytes
    let victim = try Victim(bytes, name: "\(name).pith")
    let sample = try sample()
    var random = SeededRandom(seed: 4)
    for index in 0..<2000 {
      let limit = index % 2 == 0 ? bytes.count : 4096
      let bit = Int.random(in: 0..<limit * 8, using: &random)
      victim.whileFlipped(bit) { #expect(!survives(victim.path, sample), "bit \(bit)") }
    }
  }

  @Test(arguments: Networks.names)
  func aFlippedBitUnderAFittingChecksumIsRefusedOrRuns(_ name: String) throws {
    var bytes = try Networks.quantized[name]!.get().bytes
    let folder = try TemporaryFolder()
    let path = folder.path("\(name).pith")
    let sample = try sample()
    var random = SeededRandom(seed: 5)
    let checksum = MemoryLayout<pith_header>.offset(of: \pith_header.checksum) ?? 16
    var (ran, refused) = (0, 0)
    for index in 0..<2000 {
      let limit = index % 2 == 0 ? bytes.count : 8192
      let bit = Int.random(in: 0..<limit * 8, using: &random)
      let original = bytes
      bytes[bit / 8] ^= 1 << (bit % 8)
      let sum = bytes.withUnsafeBytes { pith_checksum($0.baseAddress, $0.count) }
      withUnsafeBytes(of: sum) { bytes.replaceSubrange(checksum..<checksum + 8, with: $0) }
      try Data(bytes).write(to: URL(filePath: path))
      if survives(path, sample) { ran += 1 } else { refused += 1 }
      _ = try? InspectionJob.run(path: path).text(width: 80, colour: false)
      bytes = original
    }
    #expect(ran > 200 && refused > 20, "\(ran) ran, \(refused) were refused")
  }

  @Test func aProgramThatAsksForTooMuchMemoryIsRefused() throws {
    var bytes = try Networks.quantized["dense"]!.get().bytes
    let arena = MemoryLayout<pith_header>.offset(of: \pith_header.arena_bytes) ?? 24
    let checksum = MemoryLayout<pith_header>.offset(of: \pith_header.checksum) ?? 16
    withUnsafeBytes(of: UInt64(1) << 45) { bytes.replaceSubrange(arena..<arena + 8, with: $0) }
    let sum = bytes.withUnsafeBytes { pith_checksum($0.baseAddress, $0.count) }
    withUnsafeBytes(of: sum) { bytes.replaceSubrange(checksum..<checksum + 8, with: $0) }
    let folder = try TemporaryFolder()
    let path = folder.path("greedy.pith")
    try Data(bytes).write(to: URL(filePath: path))
    #expect(!survives(path, try sample()))
    let request = BenchmarkJob.Request(
      modelPath: path, referencePath: nil, threads: 1, batch: 1, seconds: 0.01, isa: .automatic)
    #expect(throws: (any Error).self) { try BenchmarkJob.run(request) }
  }
}
