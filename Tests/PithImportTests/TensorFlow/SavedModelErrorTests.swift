import Foundation
import PithGraph
import PithImport
import PithTestSupport
import Testing

/// What cannot be imported is said in one line that names the place and what to do.
@Suite struct SavedModelErrorTests {
  private func message(
    _ model: TestSavedModel, _ variables: [String: [UInt8]] = [:], checksums: Bool = true
  ) -> String {
    let files = model.files.merging(variables) { first, _ in first }
    do {
      _ = try SavedModelImporter.read(files: files, name: "net", options: .init(verifiesChecksums: checksums))
      return "no error"
    } catch {
      #expect(!"\(error)".contains("\n"))
      return "\(error)"
    }
  }

  private func expect(_ message: String, _ parts: String..., line: Int = #line) {
    for part in parts { #expect(message.contains(part), "line \(line): \(message)") }
  }

  private var relu: TestSavedModel {
    var model = TestSavedModel()
    model.add("y", "Relu", ["x"])
    return model
  }

  @Test func smallestModelIsRead() throws {
    let graph = try SavedModelImporter.read(files: relu.files)
    #expect(graph.nodes.map(\.op.name) == ["Relu"])
    #expect(graph.inputs.map { graph[$0].name } == ["x"] && graph.outputs.map { graph[$0].name } == ["y"])
    #expect(graph[graph.outputs[0]].type == ValueType(.float32, ["batch", 4]))
  }

  @Test func unsupportedOperatorsAreNamedAtOnce() {
    var model = TestSavedModel()
    model.add("a", "Bucketize", ["x"])
    model.add("b", "FFT", ["a"])
    model.add("y", "FFT", ["b"])
    expect(
      message(model), "net: 2 operators, Bucketize (node 'a'), FFT (2 nodes, first 'b'), are not supported")
  }

  @Test func loopsAreRefusedWithAdvice() {
    var model = TestSavedModel()
    model.add("y", "While", ["x"])
    expect(message(model), "While (node 'y')", "give the .keras or .h5 file")
  }

  @Test func signaturesAreChosen() throws {
    var model = relu
    model.signatures = ["predict"]
    #expect(message(model) == "no error")
    model.signatures = ["predict", "train", "__saved_model_init_op"]
    expect(message(model), "no signature 'serving_default', but 'predict', 'train'")
    model.signatures = ["serving_default", "serve"]
    #expect(message(model) == "no error")
    model.signatures = []
    expect(message(model), "no signature to call")
    model = relu
    model.tags = ["train"]
    #expect(message(model) == "no error")
  }

  @Test func trainingBatchNormalizationIsRefused() {
    var model = TestSavedModel()
    let ones = TestSavedModel.tensor(1, [4], Wire.varint(5 << 3 | 5) + [0, 0, 0x80, 0x3f])
    model.add("one", "Const", [], ["value": ones])
    model.add("y", "FusedBatchNormV3", ["x", "one", "one", "one", "one"])
    expect(message(model), "net: node 'y' (FusedBatchNormV3)", "export the model for inference")
  }

  @Test func functionsAreInlined() throws {
    var model = TestSavedModel()
    let relu = TestSavedModel.Node(name: "relu", op: "Relu", inputs: ["a"])
    model.functions = [
      .init(name: "f", arguments: ["a"], results: [("r", "relu:activations:0"), ("s", "a")], nodes: [relu])
    ]
    model.add("layer/PartitionedCall", "PartitionedCall", ["x"], ["f": TestSavedModel.function("f")])
    model.add("y", "AddV2", ["layer/PartitionedCall", "layer/PartitionedCall:1"])
    let graph = try SavedModelImporter.read(files: model.files)
    #expect(graph.nodes.map(\.name) == ["layer/relu", "y"])
  }

  @Test func recursionEnds() {
    var model = TestSavedModel()
    let call = TestSavedModel.Node(
      name: "again", op: "PartitionedCall", inputs: ["a"], attributes: ["f": TestSavedModel.function("f")])
    model.functions = [.init(name: "f", arguments: ["a"], results: [("r", "again:output:0")], nodes: [call])]
    model.add("y", "PartitionedCall", ["x"], ["f": TestSavedModel.function("f")])
    expect(message(model), "function 'f' calls itself")
  }

  @Test func doublingFunctionsEnd() {
    // Each function calls the next twice: 2⁴⁰ nodes, if one went on.
    var model = TestSavedModel()
    for level in 0..<40 {
      let nodes = ["p", "q"].enumerated().map { index, name in
        TestSavedModel.Node(
          name: name, op: "PartitionedCall", inputs: [index == 0 ? "a" : "p:output:0"],
          attributes: ["f": TestSavedModel.function("f\(level + 1)")])
      }
      model.functions.append(
        .init(name: "f\(level)", arguments: ["a"], results: [("r", "q:output:0")], nodes: nodes))
    }
    model.functions.append(
      .init(
        name: "f40", arguments: ["a"], results: [("r", "n:y:0")],
        nodes: [.init(name: "n", op: "Relu", inputs: ["a"])]))
    model.add("y", "PartitionedCall", ["x"], ["f": TestSavedModel.function("f0")])
    expect(message(model), "call each other too often")
  }

  @Test func cyclesEnd() {
    var model = TestSavedModel()
    model.add("a", "Relu", ["b"])
    model.add("b", "Relu", ["a"])
    model.add("y", "AddV2", ["a", "x"])
    expect(message(model), "depends on itself")
  }

  @Test func longChainsAreFollowed() throws {
    var model = TestSavedModel()
    for index in 0..<20_000 { model.add("n\(index)", "Relu", [index == 0 ? "x" : "n\(index - 1)"]) }
    model.outputs = [("y", "n19999:0")]
    #expect(try SavedModelImporter.read(files: model.files).nodes.count == 20_000)
  }

  @Test func absurdShapesAreRefused() {
    var model = TestSavedModel()
    let one = Wire.varint(5 << 3 | 5) + [0, 0, 0x80, 0x3f]
    model.add("c", "Const", [], ["value": TestSavedModel.tensor(1, [1 << 40, 1 << 40], one)])
    model.add("y", "AddV2", ["x", "c"])
    expect(message(model), "'c' (Const)", "more than")
    model.nodes[1].attributes["value"] = TestSavedModel.tensor(1, [1 << 27], one)
    expect(message(model), "too large to be filled")
    model.nodes[1].attributes["value"] = TestSavedModel.tensor(1, [1 << 20], Wire.field(4, [1, 2, 3, 4]))
    expect(message(model), "do not fill its 4 bytes")
    model = relu
    model.inputs[0].shape = Array(repeating: 1 << 30, count: 4)
    expect(message(model), "input 'x'", "elements")
    model.inputs[0].shape = [0, 4]
    expect(message(model), "axis 0 of input 'x' has size 0")
  }

  @Test func fillingIsBounded() {
    var model = TestSavedModel()
    model.add("n", "Const", [], ["value": TestSavedModel.integers([1 << 20, 1 << 10])])
    model.add("v", "Const", [], ["value": TestSavedModel.tensor(1, [], [])])
    model.add("y", "Fill", ["n", "v"])
    expect(message(model), "'y' (Fill)", "too large")
    model.nodes[1].attributes["value"] = TestSavedModel.integers([0, 1 << 40, 1])
    model.add("a", "Const", [], ["value": TestSavedModel.tensor(3, [], Wire.field(7, 0))])
    model.add("b", "Const", [], ["value": TestSavedModel.tensor(9, [], Wire.field(10, 1 << 40))])
    model.add("s", "Const", [], ["value": TestSavedModel.tensor(3, [], Wire.field(7, 1))])
    model.nodes[3] = .init(name: "y", op: "Range", inputs: ["a", "b", "s"])
    expect(message(model), "'y' (Range)", "too many")
  }

  // MARK: Variables

  private var dense: TestSavedModel {
    var model = TestSavedModel()
    model.add("w", "VarHandleOp", [], ["shared_name": TestSavedModel.text("w")])
    model.add("r", "ReadVariableOp", ["w"])
    model.add("y", "MatMul", ["x", "r"])
    return model
  }

  private let header: (key: String, value: [UInt8]) = ("", Wire.field(1, 1))

  private func variables(_ entry: [UInt8], data: Int = 32, compression: UInt8 = 0) -> [String: [UInt8]] {
    [
      "variables/variables.index": TestBundle.index([header, ("w", entry)], compression: compression),
      "variables/variables.data-00000-of-00001": Array(repeating: 0, count: data),
    ]
  }

  @Test func variablesAreFoundByTheirNames() {
    let good = variables(TestBundle.entry(shape: [4, 2], count: 32))
    #expect(message(dense, good, checksums: false) == "no error")
    expect(message(dense, good), "'variables/variables.index'", "checksum is wrong")
    expect(message(dense), "node 'y' (MatMul)", "variable 'w'", "is the folder complete?")
  }

  @Test func offsetsOutsideAreRefused() {
    let cases: [([UInt8], String)] = [
      (TestBundle.entry(shape: [4, 2], offset: 8, count: 32), "has 32 bytes, but 32 at 8 are needed"),
      (TestBundle.entry(shape: [4, 2], offset: -8, count: 32), "is impossible"),
      (TestBundle.entry(shape: [4, 2], offset: .max, count: 32), "are needed"),
      (TestBundle.entry(shape: [4, 2], shard: 7, count: 32), "is impossible"),
      (TestBundle.entry(shape: [4, 2], count: 16), "needs 32 bytes, but it has 16"),
      (TestBundle.entry(shape: [1 << 40, 1 << 40], count: 32), "is more than"),
      (TestBundle.entry(shape: [1 << 27, 1], count: 1 << 29), "but \(1 << 29) at 0 are needed"),
      (TestBundle.entry(type: 7, shape: [4, 2], count: 32), "elements of type string"),
      (TestBundle.entry(type: 77, shape: [4, 2], count: 32), "element type 77 is unknown"),
      (TestBundle.entry(shape: [4, 2], count: 32, Wire.field(7, [])), "stored in slices"),
    ]
    for (entry, part) in cases {
      expect(message(dense, variables(entry), checksums: false), "variable 'w'", part)
    }
    expect(
      message(
        dense, variables(TestBundle.entry(shape: [4, 2], count: 32), compression: 1), checksums: false),
      "compressed with snappy")
  }

  @Test func memoryIsBounded() {
    let options = SavedModelImporter.Options(maximumWeightBytes: 16, verifiesChecksums: false)
    let files = dense.files.merging(variables(TestBundle.entry(shape: [4, 2], count: 32))) { first, _ in first
    }
    let error = #expect(throws: ImportError.self) {
      try SavedModelImporter.read(files: files, options: options)
    }
    #expect(error?.description.contains("limit of 16 bytes") == true)
  }

  // MARK: Folders

  @Test func otherFoldersAreRefused() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "pith-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let error = #expect(throws: ImportError.self) { try ModelImporter.read(path: folder.path) }
    #expect(error?.description.contains("there is no 'saved_model.pb' in it") == true)
    #expect(error?.file == folder.lastPathComponent)
  }

  @Test func linksAreNotFollowed() throws {
    let fixture = try #require(SavedModelFixture.all.first { $0.name == "dense" })
    let folder = FileManager.default.temporaryDirectory.appending(path: "pith-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.copyItem(at: URL(filePath: fixture.path), to: folder)
    _ = try ModelImporter.read(path: folder.path + "/")
    _ = try ModelImporter.read(path: folder.appending(path: "saved_model.pb").path)
    #expect(ModelImporter.formatName(path: folder.path) == "savedmodel")

    let data = folder.appending(path: "variables/variables.data-00000-of-00001")
    try FileManager.default.moveItem(at: data, to: folder.appending(path: "elsewhere"))
    try FileManager.default.createSymbolicLink(
      at: data, withDestinationURL: folder.appending(path: "elsewhere"))
    let error = #expect(throws: ImportError.self) { try ModelImporter.read(path: folder.path) }
    #expect(error?.description.contains("symbolic link") == true)
    try FileManager.default.removeItem(at: data)
    let missing = #expect(throws: ImportError.self) { try ModelImporter.read(path: folder.path) }
    #expect(missing?.description.contains("cannot open file") == true)
  }
}
