import PithGraph
import PithTestSupport
import Testing

@testable import PithImport

/// No change of a file's bytes does more than make it an error.
@Suite struct KerasHostileTests {
  static let files = ["dense.h5", "dense.keras", "keras2_merging.h5", "gru.h5", "transformer.keras"]

  @Test(arguments: files)
  func truncationIsAnError(_ file: String) throws {
    let bytes = try KerasFixture(file: file).bytes()
    for place in 0..<200 {
      let count = bytes.count * place / 200
      #expect(throws: ImportError.self) { try KerasImporter.read(bytes: Array(bytes.prefix(count))) }
    }
  }

  @Test(arguments: files)
  func flippedBitsAreSurvived(_ file: String) throws {
    var bytes = try KerasFixture(file: file).bytes()
    var random = SeededRandom(seed: 5)
    for round in 0..<300 {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      let before = bytes[place]
      bytes[place] = round % 3 == 0 ? 0xff : before ^ (1 << UInt8.random(in: 0..<8, using: &random))
      do {
        _ = try KerasImporter.read(bytes: bytes)
      } catch is ImportError {}
      bytes[place] = before
    }
  }

  /// Words and numbers of the configuration in each other's places.
  @Test(arguments: ["conv2d.keras", "bidirectional.keras", "residual.keras"])
  func scrambledConfigurationsAreSurvived(_ file: String) throws {
    let bytes = try KerasFixture(file: file).bytes()
    let (config, weights) = try bytes.withUnsafeBytes { raw in
      let archive = try ZipFile(raw)
      return (
        try archive.read("config.json", limit: 1 << 20), try archive.read("model.weights.h5", limit: 1 << 20)
      )
    }
    let words = String(decoding: config, as: UTF8.self).split(separator: " ")
    let other = [
      "null", "0,", "-1,", "1e300,", "[],", "{}", "\"x\",", "true,", "9007199254740993,", "[null]",
    ]
    var random = SeededRandom(seed: 3)
    for _ in 0..<400 {
      var changed = words
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0..<changed.count, using: &random)
        let source = Int.random(in: 0..<(2 * other.count), using: &random)
        changed[place] =
          source < other.count
          ? Substring(other[source]) : words[Int.random(in: 0..<words.count, using: &random)]
      }
      do {
        _ = try KerasImporter.read(
          config: Array(changed.joined(separator: " ").utf8), weights: weights, version: 3)
      } catch is ImportError {
      } catch is GraphError {
      }
    }
  }
}
