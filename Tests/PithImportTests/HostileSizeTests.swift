import Foundation
import PithGraph
import PithTestSupport
import Testing

@testable import PithExport
@testable import PithImport

/// Files that declare far more than they hold are refused in a line before memory is taken for it.
///
/// `tools/soak/hostile` measures time and memory on the same kinds of files.
@Suite struct HostileSizeTests {
  private func message(_ model: TestModel) -> String {
    failure { _ = try ONNXImporter.read(bytes: model.bytes) }
  }

  /// 2 GB of float32.
  private static let huge = [512, 1024, 1024]

  // MARK: ONNX

  @Test func zerosMadeOfShapesAreRefused() {
    var model = TestModel("ConstantOfShape", ["s"]).with("s", Tensor(ints: Self.huge))
    #expect(message(model).contains("too large to be written out"))
    model = TestModel("Expand", ["z", "s"]).with("s", Tensor(ints: Self.huge)).with("z", Tensor(0))
    #expect(message(model).contains("more than 268435456 elements"))
    // A thousand of 2 MB.
    model = TestModel().with("s", Tensor(ints: [1 << 19]))
    for index in 0..<1000 { model.add("ConstantOfShape", ["s"], ["z\(index)"]) }
    model.outputs = ["z999"]
    #expect(message(model).contains("too large to be written out"))
  }

  @Test func zerosThatAreNotThereAreRefused() {
    func message(_ fields: [UInt8]) -> String {
      var model = TestModel("Add", ["x", "z"])
      model.rawInitializers = [Wire.tensor("z", Self.huge, type: 1, fields)]
      return self.message(model)
    }
    #expect(message([]).contains("it needs 536870912 elements, but has 0"))
    #expect(message(Wire.field(9, [UInt8]())).contains("it needs 2147483648 bytes, but has 0"))
    // `raw_data` of 2 GB, of which nothing follows.
    #expect(message(Wire.varint(9 << 3 | 2) + Wire.varint(1 << 31)).contains("cut short"))
  }

  @Test func sparseZerosAreRefused() {
    let sparse =
      Wire.field(1, Wire.tensor("z", [1], type: 1, Wire.field(9, [0, 0, 0, 0])))
      + Wire.field(2, Wire.tensor("", [1], type: 7, Wire.field(9, [UInt8](repeating: 0, count: 8))))
      + Self.huge.flatMap { Wire.field(3, $0) }
    var model = TestModel("Add", ["x", "z"])
    model.graphFields = Wire.field(15, sparse)
    #expect(message(model).contains("sparse weights"))
  }

  @Test func filesOfZerosAreNotReadAsAWhole() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "pith-\(UUID().uuidString).onnx").path
    #expect(FileManager.default.createFile(atPath: path, contents: nil))
    defer { try? FileManager.default.removeItem(atPath: path) }
    // A hole, which takes no place on disk and would not fit into memory.
    try #require(truncate(path, 1 << 40) == 0)
    let error = #expect(throws: ImportError.self) { try ModelImporter.read(path: path) }
    #expect(try #require(error).description.contains("is not an ONNX file"))
  }

  /// Steps as large as integers are, of one element, are multiplied with nothing.
  @Test func slicesMayStepAsFarAsTheyLike() throws {
    let values: [Int] = [.min, .min + 1, -3, -1, 0, 1, 2, .max]
    for step in values {
      for start in values {
        for end in values {
          var model = TestModel().with("d", Tensor(shape: [2, 3], storage: .int64([0, 1, 2, 3, 4, 5])))
          for (name, value) in [("s", start), ("e", end), ("a", 0), ("t", step)] {
            model = model.with(name, Tensor(ints: [value]))
          }
          model.add("Slice", ["d", "s", "e", "a", "t"], ["y"])
          let graph = try? ONNXImporter.read(bytes: model.bytes)
          #expect((graph == nil) == (step == 0), "from \(start) to \(end) by \(step)")
        }
      }
    }
  }

  /// Whatever is computed of the largest integers, the program goes on.
  @Test(arguments: ["Div", "Mod", "Mul", "Add", "Sub", "Pow", "Max", "Equal", "Less", "BitShift"])
  func integersAtTheirEndsAreComputedWith(_ operation: String) throws {
    let values: [Int] = [.min, .min + 1, -1, 0, 1, 2, .max]
    for element in [ElementType.int64, .int32] {
      for a in values {
        for b in values {
          func tensor(_ value: Int) -> Tensor {
            element == .int64
              ? Tensor(ints: [value])
              : Tensor(shape: [1], storage: .int32([Int32(clamping: value)]))
          }
          var model = TestModel().with("a", tensor(a)).with("b", tensor(b))
          model.add(
            operation, ["a", "b"], ["y"], operation == "BitShift" ? ["direction": .string("LEFT")] : [:])
          let graph = try? ONNXImporter.read(bytes: model.bytes)
          try graph?.verify()
        }
      }
    }
    for operation in ["Neg", "Abs", "Sign", "Shape", "Size", "ReduceSum", "ReduceProd", "CumSum"] {
      for value in values {
        var model = TestModel().with("a", Tensor(ints: [value, value])).with("b", Tensor(0))
        model.add(operation, ["a"], ["y"])
        let graph = try? ONNXImporter.read(bytes: model.bytes)
        try graph?.verify()
      }
    }
    for start in values {
      for limit in values {
        for delta in values where delta != 0 {
          var model = TestModel("Range", ["a", "b", "c"])
          for (name, value) in [("a", start), ("b", limit), ("c", delta)] {
            model = model.with(name, Tensor(shape: [], ints: [value]))
          }
          _ = try? ONNXImporter.read(bytes: model.bytes)
          model = TestModel("Slice", ["x", "a", "b", "axes", "c"]).with("axes", Tensor(ints: [1]))
          for (name, value) in [("a", start), ("b", limit), ("c", delta)] {
            model = model.with(name, Tensor(ints: [value]))
          }
          _ = try? ONNXImporter.read(bytes: model.bytes)
        }
      }
    }
  }

  @Test(arguments: ["stretch", "not_larger", "not_smaller"])
  func resizingToAnySizeIsSurvived(_ policy: String) throws {
    for sizes: [Int] in [[1, .max], [.max, 1], [.max, .max], [1, 1], [1 << 40, 3], [.min, -1]] {
      var model = TestModel().with(input: [1024, 3]).with("sizes", Tensor(ints: sizes))
      model.add(
        "Resize", ["x", "", "", "sizes"], ["y"],
        ["mode": .string("nearest"), "keep_aspect_ratio_policy": .string(policy)])
      model.opset = 18
      let graph = try? ONNXImporter.read(bytes: model.bytes)
      try graph?.verify()
    }
    for scales: [Float] in [[1, .infinity], [.nan, 1], [1e-30, 1e30], [-1, 1], [1e-7, 1]] {
      var model = TestModel().with("scales", Tensor(shape: [2], floats: scales))
      model.add("Resize", ["x", "", "scales"], ["y"], ["mode": .string("linear")])
      #expect(throws: ImportError.self) { try ONNXImporter.read(bytes: model.bytes) }
    }
  }

  // MARK: Other formats

  @Test func emptyInputsAreRefusedInEveryFormat() {
    let text = failure {
      _ = try GraphAssembler(name: "").input("x", ValueType(.float32, [1, 0, 3]))
    }
    #expect(text.contains("axis 1 of input 'x' has size 0"))
  }

  @Test func textOfManyValuesIsRefused() {
    let text = Array((String(repeating: "[],", count: 600_000)).utf8)
    let json = [UInt8(ascii: "[")] + text + Array("[]]".utf8)
    #expect(failure { _ = try JSONValue(json: json) }.contains("has more than 524288 values"))
    #expect(failure { _ = try ExportedProgram(json: json) }.contains("has more than 524288 values"))
  }

  @Test func shapesBeyondAnyFileAreRefused() throws {
    let bytes = try KerasFixture(file: "dense.h5").bytes()
    // A dataspace of two axes; its sizes follow.
    let head: [UInt8] = [1, 2]
    var count = 0
    for sizes: [UInt64] in [
      [1 << 40, 1 << 20], [1 << 63, 4], [.max, .max], [1 << 14, 1 << 15], [0, 1 << 40],
    ] {
      var changed = bytes
      for place in bytes.indices.dropLast(24)
      where bytes[place...].starts(with: head) && bytes[place + 2] < 2
        && bytes[(place + 3)..<(place + 8)].allSatisfy({ $0 == 0 })
      {
        count += 1
        for (index, size) in sizes.enumerated() {
          withUnsafeBytes(of: size.littleEndian) {
            changed.replaceSubrange((place + 8 + 8 * index)..<(place + 16 + 8 * index), with: $0)
          }
        }
      }
      let text = failure { _ = try KerasImporter.read(bytes: changed) }
      #expect(text.contains("(Dense)") || text.contains("damaged"), "\(sizes): \(text)")
    }
    #expect(count >= 10)
  }
}
