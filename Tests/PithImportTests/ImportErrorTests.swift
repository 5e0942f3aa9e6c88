import PithGraph
import PithImport
import Testing

@testable import PithExport

/// What cannot be read is refused in one sentence that names the file, the node and the remedy.
@Suite struct ImportErrorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var bytes: [UInt8]
    var expected: [String]

    init(_ name: String, _ model: TestModel, _ expected: String...) {
      testDescription = name
      bytes = model.bytes
      self.expected = expected
    }
  }

  static func edited(_ model: TestModel, _ body: (inout TestModel) -> Void) -> TestModel {
    var copy = model
    body(&copy)
    return copy
  }

  static let cases: [Case] = [
    Case("old opset", TestModel("Relu", opset: 0), "opset 0", "1 to 24", "opset_version=17"),
    Case("new opset", TestModel("Relu", opset: 25), "opset 25", "1 to 24"),
    Case("no opset", edited(TestModel("Relu")) { $0.opset = nil }, "does not say which ONNX opset"),
    Case("one unsupported", TestModel("Loop"), "'n' (Loop)", "operator Loop is not supported; "),
    Case(
      "several unsupported",
      edited(TestModel("Loop")) {
        $0.add("Scan", ["y"], ["z"], name: "b")
        $0.add("Scan", ["z"], ["w"], name: "c")
      }, "2 operators are not supported", "Loop (node 'n')", "Scan (2 nodes, first 'b')", "control flow"),
    Case(
      "quantized reals", TestModel("DequantizeLinear", ["x", "s"]).with("s", Tensor(1)), "must be of integers"
    ),
    Case(
      "another domain",
      edited(TestModel()) {
        $0.graphFields = Wire.field(
          1, Wire.field(1, "x") + Wire.field(2, "y") + Wire.field(4, "Gelu") + Wire.field(7, "com.microsoft"))
      }, "com.microsoft.Gelu", "standard ONNX operators"),
    Case(
      "a subgraph",
      edited(TestModel()) {
        let attribute = Wire.field(1, "body") + Wire.field(6, [UInt8]()) + Wire.field(20, 5)
        $0.graphFields = Wire.field(
          1, Wire.field(1, "x") + Wire.field(2, "y") + Wire.field(4, "Relu") + Wire.field(5, attribute))
      }, "attribute 'body' is not known"),
    Case(
      "sparse weights", edited(TestModel("Relu")) { $0.graphFields = Wire.field(15, [UInt8]()) }, "sparse"),
    Case(
      "a string tensor",
      edited(TestModel("Add", ["x", "w"])) {
        $0.rawInitializers = [Wire.tensor("w", [1], type: 8, Wire.field(6, "a"))]
      }, "initializer 'w'", "string", "float32"),
    Case("an unknown attribute", TestModel("Relu", ["x"], ["slope": .float(1)]), "'slope' is not known"),
    Case("a wrong attribute", TestModel("Flatten", ["x"], ["axis": .float(1)]), "must be an integer"),
    Case("a missing operand", TestModel("Add", ["x"]), "takes 2 to 2"),
    Case("an undefined value", TestModel("Add", ["x", "w"]), "value 'w' does not exist"),
    Case("no output", edited(TestModel("Relu")) { $0.outputs = [] }, "no outputs"),
    Case("an undefined output", edited(TestModel("Relu")) { $0.outputs = ["q"] }, "output 'q'"),
    Case(
      "a value computed twice", edited(TestModel("Relu")) { $0.add("Relu", ["x"], ["y"]) }, "computed twice"),
    Case(
      "a cycle",
      edited(TestModel()) {
        $0.add("Add", ["x", "b"], ["y"])
        $0.add("Relu", ["y"], ["b"])
      }, "depends on itself"),
    Case("an input twice", edited(TestModel("Relu")) { $0.inputs += $0.inputs }, "input 'x' is there twice"),
    Case(
      "a weight twice", TestModel("Relu").with("w", Tensor(1)).with("w", Tensor(2)), "'w' is there twice"),
    Case("an input without shape", edited(TestModel("Relu")) { $0.inputs = [("x", nil)] }, "is not a tensor"),
    Case("an empty input", TestModel("Relu").with(input: [1, 0]), "axis 1 of input 'x' has size 0"),
    Case("a negative input", TestModel("Relu").with(input: [1, -5]), "axis 1 of input 'x' has size -5"),
    Case("a huge input", TestModel("Relu").with(input: Shape([1, 1 << 62])), "more than"),
    Case(
      "a huge output",
      TestModel("Add", ["x", "w"]).with(input: Shape([1 << 20, 1])).with(
        "w", Tensor(shape: [1, 4096], floats: Array(repeating: 0, count: 4096))), "'n' (Add)", "more than"),
    Case(
      "overflowing dims",
      edited(TestModel("Add", ["x", "w"])) {
        $0.rawInitializers = [Wire.tensor("w", [1 << 62, 1 << 62], type: 1, Wire.field(9, [0]))]
      }, "'w'", "impossible"),
    Case(
      "negative dims",
      edited(TestModel("Add", ["x", "w"])) {
        $0.rawInitializers = [Wire.tensor("w", [-1], type: 1, Wire.field(9, [0]))]
      }, "'w'", "impossible"),
    Case(
      "more elements than bytes",
      edited(TestModel("Add", ["x", "w"])) {
        $0.rawInitializers = [Wire.tensor("w", [1 << 20], type: 1, Wire.field(9, [0, 0, 0, 0]))]
      }, "needs 4194304 bytes, but has 4"),
    Case(
      "more elements than memory",
      edited(TestModel("Add", ["x", "w"])) {
        $0.rawInitializers = [Wire.tensor("w", [1 << 40], type: 1, Wire.field(9, [0, 0, 0, 0]))]
      }, "beyond the limit"),
    Case(
      "too few typed elements",
      edited(TestModel("Add", ["x", "w"])) {
        $0.rawInitializers = [Wire.tensor("w", [2], type: 6, Wire.field(5, 1))]
      }, "needs 2 elements, but has 1"),
    Case(
      "an element beyond its type",
      edited(TestModel("Add", ["x", "w"])) {
        $0.rawInitializers = [Wire.tensor("w", [1], type: 3, Wire.field(5, 300))]
      }, "300 does not fit Int8"),
    Case(
      "training", TestModel("BatchNormalization", ["x", "x", "x", "x", "x"], ["training_mode": .int(1)]),
      "model.eval()"),
    Case(
      "dropout in training",
      TestModel("Dropout", ["x", "", "t"]).with("t", Tensor(shape: [], storage: .bool([true]))),
      "model.eval()"),
    Case(
      "a shape from data", TestModel("ConstantOfShape", ["x"]).with(input: [.symbolic("n")], .int64),
      "not constant"),
    Case(
      "a huge fill", TestModel("ConstantOfShape", ["s"]).with("s", Tensor(ints: [1 << 40])), "too large"),
    Case(
      "many large fills",
      edited(TestModel("ConstantOfShape", ["s"]).with("s", Tensor(ints: [3 << 20]))) {
        $0.add("ConstantOfShape", ["s"], ["z"], name: "second")
      }, "'second'", "too large"),
    Case(
      "pads beyond reason", TestModel("Pad", ["x", "p"]).with("p", Tensor(ints: [.min, 0, 0, 0])),
      "'n' (Pad)", "too large"),
  ]

  @Test(arguments: cases)
  func namesWhatIsWrong(_ test: Case) throws {
    let error = #expect(throws: ImportError.self) {
      try ONNXImporter.read(bytes: test.bytes, name: "model.onnx")
    }
    let text = try #require(error).description
    #expect(text.hasPrefix("model.onnx: "))
    for part in test.expected { #expect(text.contains(part), "\(text)") }
  }

  @Test(arguments: [
    ("", "is empty"), ("PITH\u{1}\u{0}", ".pith"), ("\u{1c}\0\0\0TFL3", "TensorFlow Lite"),
    ("PK\u{3}\u{4}", "zip"), ("version https://git-lfs.github.com/spec/v1", "git lfs pull"),
    ("<!DOCTYPE html><html>", "web page"), ("{\"a\": 1}", "is text"),
  ])
  func namesWhatTheFileIs(_ content: String, _ expected: String) throws {
    let error = #expect(throws: ImportError.self) { try ONNXImporter.read(bytes: Array(content.utf8)) }
    #expect(try #require(error).description.contains(expected))
  }

  @Test(
    arguments: [
      ([0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a], "HDF5"), ([0x80, 0x02, 0x8a, 0x0a], "pickle"),
      ([0x1f, 0x8b, 8], "gzip"), ([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59], "NumPy"),
      ([0xff, 0xff, 0xff], "damaged"),
    ] as [([UInt8], String)])
  func namesWhatTheBytesAre(_ content: [UInt8], _ expected: String) throws {
    let error = #expect(throws: ImportError.self) { try ONNXImporter.read(bytes: content) }
    #expect(try #require(error).description.contains(expected))
  }

  @Test func missingFilesAndFoldersAreNamed() throws {
    let missing = #expect(throws: ImportError.self) { try ONNXImporter.read(path: "/nowhere/a.onnx") }
    #expect(try #require(missing).description.contains("/nowhere/a.onnx"))
    let folder = #expect(throws: ImportError.self) { try ONNXImporter.read(path: "/") }
    #expect(try #require(folder).description.contains("folder"))
  }

  @Test func messagesStayOnOneShortLine() throws {
    let name = String(repeating: "a\n", count: 10_000)
    let error = #expect(throws: ImportError.self) {
      try ONNXImporter.read(bytes: TestModel("Add", ["x", name]).bytes)
    }
    let text = try #require(error).description
    #expect(!text.contains("\n"))
    #expect(text.count < 300)
  }
}
