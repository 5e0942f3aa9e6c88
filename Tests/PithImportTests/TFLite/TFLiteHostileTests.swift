import Foundation
import PithEngine
import PithExport
import PithGraph
import PithTestSupport
import Testing

@testable import PithImport

/// Damaged and hostile TensorFlow Lite files are refused in a line, soon.
@Suite struct TFLiteHostileTests {
  private func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(filePath: "\(ModelFixture.folder)/tflite/\(name).tflite")))
  }

  @Test(arguments: ["network_int8", "strided_slice_masks", "legacy_uint8"])
  func truncationIsSurvived(_ name: String) throws {
    let bytes = try bytes(name)
    var refused = 0
    for count in 0..<bytes.count {
      do {
        _ = try TFLiteImporter.read(bytes: Array(bytes.prefix(count)))
      } catch {
        #expect(error is ImportError)
        refused += 1
      }
    }
    // What comes last may be a name or a version that nobody reads.
    #expect(refused > bytes.count * 9 / 10)
  }

  @Test(arguments: [
    "network_int8", "network_float16", "pad_conv", "split_sizes", "where_broadcast", "dense_3d",
  ])
  func flippedBitsAreSurvived(_ name: String) throws {
    var bytes = try bytes(name)
    var random = SeededRandom(seed: 11)
    var errors = 0
    for round in 0..<4000 {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      let bit = UInt8(1) << UInt8.random(in: 0..<8, using: &random)
      bytes[place] ^= bit
      defer { bytes[place] ^= bit }
      do {
        let graph = try TFLiteImporter.read(bytes: bytes)
        try graph.verify()
        if round % 20 == 0 { _ = try ONNXExporter.bytes(of: graph) }
      } catch is ImportError {
        errors += 1
      }
    }
    #expect(errors > 0 && errors < 4000)
  }

  /// What fuzzing found: layers of two directions whose weights are not of one kind.
  @Test func directionsHaveToFitEachOther() throws {
    let bytes = try bytes("refused/rnn_directions")
    let error = #expect(throws: ImportError.self) { try TFLiteImporter.read(bytes: bytes) }
    #expect("\(error.map { "\($0)" } ?? "")".contains("of one shape in both"), "\(error as Any)")
  }

  // MARK: By hand

  @Test func tablesOfThemselvesEnd() throws {
    // A model whose every field leads to the model itself.
    var file = FlatFile()
    let root = file.root(fields: 8)
    for slot in 0..<8 { file.set(root, slot, to: root.position) }
    file.setNumber(root, 0, 3)
    #expect(throws: ImportError.self) { try TFLiteImporter.read(bytes: file.bytes) }
  }

  @Test func vectorsBeyondTheFileAreRefused() throws {
    for count: UInt32 in [.max, 1 << 31, 1 << 20, 100] {
      var file = FlatFile()
      let root = file.root(fields: 5)
      file.setNumber(root, 0, 3)
      file.set(root, 2, to: file.append(count))
      let error = #expect(throws: ImportError.self) { try TFLiteImporter.read(bytes: file.bytes) }
      #expect(try #require(error).description.contains("cut short or damaged"))
    }
  }

  @Test func sharedTablesAreCounted() throws {
    // Thousands of tensors that are one table, with a long name to copy for each.
    var file = FlatFile()
    let root = file.root(fields: 5)
    file.setNumber(root, 0, 3)
    let graphs = file.vector([0])
    file.set(root, 2, to: graphs)
    let graph = file.table(fields: 5)
    file.setElement(0, of: graphs, to: graph.position)
    let tensors = file.vector(Array(repeating: 0, count: 2000))
    file.set(graph, 0, to: tensors)
    let tensor = file.table(fields: 4)
    for index in 0..<2000 { file.setElement(index, of: tensors, to: tensor.position) }
    file.set(tensor, 3, to: file.text(String(repeating: "x", count: 4000)))
    let start = Date()
    let error = #expect(throws: ImportError.self) { try TFLiteImporter.read(bytes: file.bytes) }
    #expect(try #require(error).description.contains("over and over"))
    #expect(Date().timeIntervalSince(start) < 5)
  }

  @Test func everyUnknownOperatorIsNamedAtOnce() throws {
    let error = #expect(throws: ImportError.self) { try TFLiteImporter.read(bytes: try bytes("lstm")) }
    let text = try #require(error).description
    #expect(text.contains("operator WHILE is not supported") && text.contains("give the .keras or .h5 file"))
  }

  @Test func otherFilesAreTold() throws {
    let error = #expect(throws: ImportError.self) {
      try TFLiteImporter.read(bytes: Array("PK\u{3}\u{4}".utf8), name: "model.zip")
    }
    #expect(try #require(error).description.hasPrefix("model.zip: is a zip archive"))
  }
}

/// A FlatBuffers file under construction, right or wrong as a test wants it.
private struct FlatFile {
  struct Table {
    var position: Int
    var vtable: Int
  }

  private(set) var bytes: [UInt8] = [0, 0, 0, 0] + Array("TFL3".utf8)

  private mutating func number(_ value: UInt32, at position: Int) {
    for index in 0..<4 { bytes[position + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(index))) }
  }

  mutating func append(_ value: UInt32) -> Int {
    bytes += [0, 0, 0, 0]
    number(value, at: bytes.count - 4)
    return bytes.count - 4
  }

  /// A table of 32-bit fields, all of them there.
  mutating func table(fields: Int) -> Table {
    let vtable = bytes.count
    for word in [4 + 2 * fields, 4 + 4 * fields] + (0..<fields).map({ 4 + 4 * $0 }) {
      bytes += [UInt8(truncatingIfNeeded: word), UInt8(truncatingIfNeeded: word >> 8)]
    }
    while bytes.count % 4 != 0 { bytes.append(0) }
    let position = append(UInt32(bytes.count - vtable))
    bytes += Array(repeating: 0, count: 4 * fields)
    // A field of 0 would be an offset to itself: all are absent until they are set.
    for field in 0..<fields { (bytes[vtable + 4 + 2 * field], bytes[vtable + 5 + 2 * field]) = (0, 0) }
    return Table(position: position, vtable: vtable)
  }

  mutating func root(fields: Int) -> Table {
    let table = table(fields: fields)
    number(UInt32(table.position), at: 0)
    return table
  }

  private mutating func field(_ table: Table, _ slot: Int) -> Int {
    bytes[table.vtable + 4 + 2 * slot] = UInt8(4 + 4 * slot)
    return table.position + 4 + 4 * slot
  }

  mutating func setNumber(_ table: Table, _ slot: Int, _ value: UInt32) {
    number(value, at: field(table, slot))
  }

  /// Offsets wrap around, as those of a cycle must.
  mutating func set(_ table: Table, _ slot: Int, to target: Int) {
    let position = field(table, slot)
    number(UInt32(truncatingIfNeeded: target - position), at: position)
  }

  /// A vector of offsets.
  mutating func vector(_ targets: [Int]) -> Int {
    let start = append(UInt32(targets.count))
    for target in targets { _ = append(UInt32(truncatingIfNeeded: target - bytes.count)) }
    return start
  }

  mutating func setElement(_ index: Int, of vector: Int, to target: Int) {
    let position = vector + 4 + 4 * index
    number(UInt32(truncatingIfNeeded: target - position), at: position)
  }

  mutating func text(_ text: String) -> Int {
    let start = append(UInt32(text.utf8.count))
    bytes += Array(text.utf8) + [0]
    while bytes.count % 4 != 0 { bytes.append(0) }
    return start
  }
}
