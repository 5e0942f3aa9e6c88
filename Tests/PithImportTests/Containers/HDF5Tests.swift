import Foundation
import PithGraph
import PithTestSupport
import Testing

@testable import PithImport

/// The HDF5 reader on files that h5py wrote, whole and damaged.
@Suite struct HDF5Tests {
  /// The files of `fixtures/keras/hdf5.zip`.
  static let files: [String: [UInt8]] = {
    guard let data = try? Data(contentsOf: URL(filePath: "\(ModelFixture.folder)/keras/hdf5.zip")) else {
      return [:]
    }
    return [UInt8](data).withUnsafeBytes { bytes in
      guard let archive = try? ZipFile(bytes) else { return [:] }
      return Dictionary(
        uniqueKeysWithValues: archive.entries.compactMap { entry in
          (try? archive.read(entry, limit: 1 << 24)).map { (entry.name, $0) }
        })
    }
  }()

  private func open<R>(_ name: String, _ body: (HDF5Object) throws -> R) throws -> R {
    let bytes = try #require(HDF5Tests.files[name])
    return try bytes.withUnsafeBytes { try body(try HDF5File($0).root()) }
  }

  /// The array holds 0, 1, 2, …
  private func expectCounting(_ root: HDF5Object, _ path: String, _ shape: [Int]) throws {
    let tensor = try HDF5Dataset(try #require(try root.descendant(path))).tensor()
    #expect(tensor.shape == shape, "\(path)")
    #expect(tensor.floats == (0..<shape.reduce(1, *)).map(Float.init), "\(path)")
  }

  @Test func numbersOfEveryType() throws {
    try open("types.h5") { root in
      for name in [
        "f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "big_f4", "big_i2", "bfloat16",
      ] {
        try expectCounting(root, name, [2, 3])
      }
      try expectCounting(root, "bool", [2])
      try expectCounting(root, "scalar", [])
      try expectCounting(root, "empty", [0, 4])
    }
  }

  @Test func storageOfEveryKind() throws {
    try open("storage.h5") { root in
      for name in ["chunked", "packed", "summed"] { try expectCounting(root, name, [7, 5, 3]) }
      try expectCounting(root, "compact", [2, 3])
    }
  }

  @Test(arguments: ["names.h5", "names_latest.h5"])
  func manyNames(_ file: String) throws {
    try open(file) { root in
      for kind in ["old", "new"] {
        let group = try #require(try root.child(kind))
        #expect(try group.names().count == 300)
        for index in [0, 7, 123, 299] {
          let name = "array_" + String(repeating: "0", count: 3 - String(index).count) + String(index)
          let array = try HDF5Dataset(try #require(try group.child(name))).tensor()
          #expect(array.floats == [Float(index)])
        }
        #expect(try group.child("array_300") == nil)
      }
      let attributes = try #require(try root.child("attributes"))
      #expect(try attributes.attribute("text_0")?.string() == "number 0")
      #expect(try attributes.attribute("text_39")?.string() == "number 39")
      #expect(try attributes.attribute("text_40") == nil)
      let strings = try #require(try root.child("strings"))
      #expect(try strings.attribute("fixed")?.strings() == ["one", "three"])
      #expect(try strings.attribute("variable")?.strings() == ["one", "drei", "三"])
      #expect(try strings.attribute("single")?.string() == String(repeating: "x", count: 3000))
      #expect(try strings.attribute("none")?.strings() == [])
    }
  }

  @Test(arguments: [
    ("soft", "soft link"), ("external", "another file"), ("elsewhere", "another file"),
    ("virtual", "other datasets"), ("lzf", "filter 32000"), ("unwritten", "should have 64 bytes"),
    ("complex", "records"), ("text", "strings"),
  ])
  func refusals(_ name: String, _ reason: String) throws {
    let error = #expect(throws: GraphError.self) {
      try open("refused.h5") { root in _ = try HDF5Dataset(try #require(try root.child(name))).tensor() }
    }
    #expect(try #require(error).message.contains(reason), "\(error?.message ?? "")")
  }

  /// Reads all that is there.
  private func walk(_ object: HDF5Object, depth: Int = 0) throws {
    for name in ["fixed", "variable", "single", "none", "text_7", "dtype"] {
      _ = try? object.attribute(name)?.strings()
    }
    guard depth < 4, let names = try? object.names() else { return }
    for name in names {
      guard let child = try? object.child(name) else { continue }
      _ = try? HDF5Dataset(child).tensor()
      try walk(child, depth: depth + 1)
    }
  }

  @Test(arguments: ["types.h5", "storage.h5", "refused.h5", "names_latest.h5"])
  func damageIsSurvived(_ file: String) throws {
    var bytes = try #require(HDF5Tests.files[file])
    var random = SeededRandom(seed: 11)
    for round in 0..<400 {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      let before = bytes[place]
      bytes[place] = round % 3 == 0 ? 0xff : before ^ (1 << UInt8.random(in: 0..<8, using: &random))
      try bytes.withUnsafeBytes { raw in
        if let root = try? HDF5File(raw).root() { try walk(root) }
      }
      bytes[place] = before
    }
    for count in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 200)) {
      bytes.withUnsafeBytes { raw in
        // A file that is shorter than it says is refused at once.
        #expect(throws: GraphError.self) { try HDF5File(UnsafeRawBufferPointer(rebasing: raw[..<count])) }
      }
    }
  }

  @Test func absurdSizesCostNothing() throws {
    // The dataspace message of `chunked` and of `f4`, found by their sizes.
    for (file, shape, path) in [("storage.h5", [7, 5, 3], "chunked"), ("types.h5", [2, 3], "f4")] {
      var bytes = try #require(HDF5Tests.files[file])
      let pattern = shape.flatMap { size in (0..<8).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) } }
      for start in 0..<(bytes.count - pattern.count)
      where bytes[start..<(start + pattern.count)].elementsEqual(pattern) {
        // 2³⁰ in the first axis.
        bytes.replaceSubrange(start..<(start + 8), with: [0, 0, 0, 0x40, 0, 0, 0, 0])
      }
      bytes.withUnsafeBytes { raw in
        #expect(throws: GraphError.self) {
          let root = try HDF5File(raw).root()
          _ = try HDF5Dataset(try #require(try root.child(path))).tensor()
        }
      }
    }
  }
}
