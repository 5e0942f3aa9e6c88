import Foundation
import PithGraph
import PithImport
import Testing

/// Weights in other files: only in the model's folder, and only as many bytes as are there.
@Suite struct ExternalDataTests {
  /// A folder with `model.onnx`, whose weight `w` of two floats is at `location`, and `secret` beside the folder.
  private final class Place {
    let root: URL
    var folder: URL { root.appending(path: "model") }

    init() throws {
      root = FileManager.default.temporaryDirectory.appending(path: "pith-\(UUID().uuidString)")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try Data([0, 0, 128, 63, 0, 0, 0, 64]).write(to: root.appending(path: "secret"))
      try Data([0, 0, 128, 63, 0, 0, 0, 64]).write(to: folder.appending(path: "weights"))
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    func read(_ pairs: KeyValuePairs<String, String>, dims: [Int] = [2]) throws
      -> Tensor?
    {
      var model = TestModel("Add", ["x", "w"]).with(input: [2])
      let entries = pairs.flatMap { Wire.field(13, Wire.field(1, $0.key) + Wire.field(2, $0.value)) }
      model.rawInitializers = [Wire.tensor("w", dims, type: 1, entries + Wire.field(14, 1))]
      let path = folder.appending(path: "model.onnx")
      try Data(model.bytes).write(to: path)
      let graph = try ONNXImporter.read(path: path.path)
      return graph.values.first { $0.name == "w" }?.constant
    }

    func failure(_ pairs: KeyValuePairs<String, String>, dims: [Int] = [2]) throws -> String {
      let error = #expect(throws: ImportError.self) { try self.read(pairs, dims: dims) }
      return try #require(error).description
    }
  }

  @Test func readsAFileBesideTheModel() throws {
    let place = try Place()
    #expect(try place.read(["location": "weights"])?.floats == [1, 2])
    #expect(try place.read(["location": "weights", "offset": "4"], dims: [1])?.floats == [2])
    #expect(try place.read(["location": "weights", "offset": "0", "length": "8"])?.floats == [1, 2])
    #expect(try place.read(["location": "./weights"])?.floats == [1, 2])
    let sub = place.folder.appending(path: "sub")
    try FileManager.default.createDirectory(at: sub, withIntermediateDirectories: true)
    try Data([0, 0, 128, 64]).write(to: sub.appending(path: "w"))
    #expect(try place.read(["location": "sub/w"], dims: [1])?.floats == [4])
  }

  @Test(arguments: ["../secret", "sub/../../secret", "..", "/etc/passwd", "//etc/passwd", "a//b", ""])
  func refusesWhatIsOutside(_ location: String) throws {
    let place = try Place()
    let text = try place.failure(["location": location])
    #expect(text.contains(location.isEmpty ? "no location" : "outside the model's folder"))
    #expect(text.hasPrefix("model.onnx: node 'n' (Add): initializer 'w': "))
    let absolute = place.folder.appending(path: "weights").path
    #expect(try place.failure(["location": absolute]).contains("outside"))
  }

  @Test func refusesSymbolicLinks() throws {
    let place = try Place()
    let manager = FileManager.default
    try manager.createSymbolicLink(atPath: place.folder.path + "/link", withDestinationPath: "../secret")
    try manager.createSymbolicLink(atPath: place.folder.path + "/up", withDestinationPath: "..")
    try manager.createSymbolicLink(atPath: place.folder.path + "/self", withDestinationPath: "self")
    for location in ["link", "up/secret", "self", "up/model/weights"] {
      #expect(try place.failure(["location": location]).contains("symbolic link"))
    }
  }

  @Test func refusesWhatIsNotAFile() throws {
    let place = try Place()
    mkfifo(place.folder.path + "/pipe", 0o600)
    try FileManager.default.createDirectory(
      at: place.folder.appending(path: "sub"), withIntermediateDirectories: true)
    #expect(try place.failure(["location": "pipe"]).contains("not a regular file"))
    #expect(try place.failure(["location": "sub"]).contains("not a regular file"))
    #expect(try place.failure(["location": "missing"]).contains("cannot open external data 'missing'"))
    #expect(try place.failure(["location": "weights/x"]).contains("Not a directory"))
  }

  @Test func checksTheRange() throws {
    let place = try Place()
    let weights = "weights"
    #expect(try place.failure(["location": weights], dims: [3]).contains("needs 12 bytes"))
    #expect(try place.failure(["location": weights, "length": "4"]).contains("needs 8 bytes"))
    #expect(
      try place.failure(["location": weights, "offset": "4", "length": "8"]).contains("is it complete?"))
    #expect(try place.failure(["location": weights, "offset": "-4"]).contains("offset"))
    #expect(try place.failure(["location": weights, "length": "x"]).contains("length"))
    let huge = String(Int.max)
    #expect(
      try place.failure(["location": weights, "offset": huge, "length": "8"]).contains("is it complete?"))
    #expect(try place.failure(["location": weights, "length": huge]).contains("needs 8 bytes"))
    #expect(try place.failure(["location": weights], dims: [1 << 27]).contains("needs 536870912 bytes"))
    #expect(try place.failure(["length": "8"]).contains("no location"))
  }

  @Test func memoryHasNoFolder() throws {
    var model = TestModel("Add", ["x", "w"]).with(input: [2])
    let entry = Wire.field(13, Wire.field(1, "location") + Wire.field(2, "weights"))
    model.rawInitializers = [Wire.tensor("w", [2], type: 1, entry + Wire.field(14, 1))]
    let error = #expect(throws: ImportError.self) { try ONNXImporter.read(bytes: model.bytes) }
    #expect(try #require(error).description.contains("without a folder"))
  }
}
