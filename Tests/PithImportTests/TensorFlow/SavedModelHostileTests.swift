import PithEngine
import PithGraph
import PithImport
import PithTestSupport
import Testing

/// Damaged models give an error or a graph, never a crash.
@Suite struct SavedModelHostileTests {
  static let models = SavedModelFixture.all.filter {
    ["older", "shapes", "nested", "images"].contains($0.name)
  }

  @Test func thereAreModels() { #expect(SavedModelHostileTests.models.count == 4) }

  private func read(_ files: [String: [UInt8]], checksums: Bool = true) throws -> Graph {
    try SavedModelImporter.read(files: files, options: .init(verifiesChecksums: checksums))
  }

  @Test(
    arguments: models,
    ["saved_model.pb", "variables/variables.index", "variables/variables.data-00000-of-00001"])
  func everyTruncationIsAnError(_ fixture: SavedModelFixture, file: String) throws {
    var files = try fixture.files()
    // The model of shapes has no variables.
    guard let bytes = files[file] else { return }
    for count in stride(from: 0, to: bytes.count, by: file.hasSuffix(".pb") ? 7 : 1) {
      files[file] = Array(bytes.prefix(count))
      // What is cut off at the end of the data may be text that nobody reads.
      if file.contains("data") || count == 0 {
        _ = try? read(files)
      } else if let graph = try? read(files) {
        // A message that ends between two fields is whole; it only lacks what the rest would have said.
        #expect(file.hasSuffix(".pb"))
        try graph.verify()
      }
    }
  }

  @Test(arguments: models)
  func flippedBitsAreSurvived(_ fixture: SavedModelFixture) throws {
    let files = try fixture.files()
    var random = SeededRandom(seed: 11)
    var errors = 0
    let rounds = 1500
    for round in 0..<rounds {
      var damaged = files
      for _ in 0...(round % 3) {
        let file = files.keys.sorted()[Int.random(in: 0..<files.count, using: &random)]
        guard let count = files[file]?.count, count > 0 else { continue }
        damaged[file]?[Int.random(in: 0..<count, using: &random)] ^=
          1 << UInt8.random(in: 0..<8, using: &random)
      }
      do {
        let graph = try read(damaged, checksums: round % 2 == 0)
        try graph.verify()
      } catch is ImportError {
        errors += 1
      }
    }
    #expect(errors > 0 && errors < rounds)
  }

  @Test func checksumsFindEveryDamagedVariable() throws {
    let fixture = try #require(SavedModelFixture.all.first { $0.name == "older" })
    let files = try fixture.files()
    let name = "variables/variables.data-00000-of-00001"
    let count = try #require(files[name]?.count)
    for place in stride(from: 0, to: count, by: 5) {
      var damaged = files
      damaged[name]?[place] ^= 4
      #expect(throws: ImportError.self) { try read(damaged) }
    }
  }
}
