import PithGraph
import PithImport
import Testing

@testable import PithExport

/// Forms of other opsets, types and orders become those of the graph.
@Suite struct OlderFormTests {
  private func read(_ model: TestModel) throws -> Graph {
    let graph = try ONNXImporter.read(bytes: model.bytes)
    try graph.verify()
    return graph
  }

  private func operatorNames(_ model: TestModel) throws -> [String] { try read(model).nodes.map(\.op.name) }

  @Test func softmaxOverSeveralAxesIsFlattened() throws {
    let model = TestModel("Softmax", opset: 11, ["axis": .int(1)])
    let shape: Shape = [.symbolic("n"), 3, 4]
    #expect(try operatorNames(model.with(input: shape)) == ["Flatten", "Softmax", "Reshape"])
    let unknown: Shape = [.symbolic("n"), .symbolic("m"), 4]
    #expect(try operatorNames(model.with(input: unknown)) == ["Flatten", "Softmax", "Shape", "Reshape"])
    let graph = try read(model.with(input: unknown))
    #expect(graph[graph.outputs[0]].type?.shape == unknown)
  }

  @Test func softmaxOverOneAxisStaysItself() throws {
    let model = TestModel("Softmax", opset: 11)
    for (shape, axis) in [([2, 5], 1), ([2, 5, 1, 1], 1), ([2, 1, 1, 7], 3), ([2, 1, 1, 1], 3)] {
      let graph = try read(model.with(input: Shape(shape)))
      #expect(graph.nodes.map { $0.op as? Softmax } == [Softmax(axis: axis)])
    }
    let newer = try read(TestModel("Softmax").with(input: [2, 3, 4]))
    #expect(newer.nodes.map { $0.op as? Softmax } == [Softmax(axis: -1)])
  }

  @Test func attributesBecomeOperands() throws {
    let clip = try read(TestModel("Clip", opset: 10, ["max": .float(6)]))
    #expect(clip.nodes[0].inputs.count == 3)
    #expect(clip.nodes[0].inputs[1] == nil)
    #expect(clip.nodes[0].inputs[2].flatMap { clip[$0].constant } == Tensor(6))

    let slice = try read(
      TestModel("Slice", opset: 9, ["starts": .ints([1]), "ends": .ints([9]), "axes": .ints([1])]))
    #expect(slice[slice.outputs[0]].type?.shape == [2, 2])

    let pad = try read(TestModel("Pad", opset: 10, ["pads": .ints([0, 1, 0, 2]), "value": .float(3)]))
    #expect(pad[pad.outputs[0]].type?.shape == [2, 6])
    #expect(pad.nodes[0].inputs[2].flatMap { pad[$0].constant } == Tensor(3))

    let squeeze = try read(TestModel("Squeeze", opset: 12, ["axes": .ints([-1])]).with(input: [1, 4, 1]))
    #expect(squeeze[squeeze.outputs[0]].type?.shape == [1, 4])

    let mean = try read(TestModel("ReduceMean", opset: 17, ["axes": .ints([1]), "keepdims": .int(0)]))
    #expect(mean[mean.outputs[0]].type?.shape == [2])
  }

  @Test func constantsTakeManyForms() throws {
    func constant(_ attributes: TestModel.Attributes) throws -> Tensor? {
      var model = TestModel()
      model.add("Constant", [], ["y"], attributes)
      let graph = try read(model)
      #expect(graph.nodes.isEmpty)
      return graph[graph.outputs[0]].constant
    }
    let tensor = Tensor(shape: [2, 1], floats: [1, 2])
    #expect(try constant(["value": .tensor(tensor)]) == tensor)
    #expect(try constant(["value_float": .float(1.5)]) == Tensor(1.5))
    #expect(try constant(["value_int": .int(-3)]) == Tensor(shape: [], ints: [-3]))
    #expect(try constant(["value_ints": .ints([1, 2])]) == Tensor(ints: [1, 2]))
    #expect(try constant(["value_ints": .ints([])]) == Tensor(ints: []))
  }

  @Test func shapesAreFilled() throws {
    let model = TestModel("ConstantOfShape", ["s"], ["value": .tensor(Tensor(ints: [7]))])
    let graph = try read(model.with("s", Tensor(ints: [2, 2])))
    #expect(graph[graph.outputs[0]].constant == Tensor(shape: [2, 2], ints: [7, 7, 7, 7]))
  }

  @Test func shapesWithANameAreExpanded() throws {
    var model = TestModel("Shape", ["x"]).with(input: [.symbolic("n"), 3])
    model.add("ConstantOfShape", ["y"], ["z"], ["value": .tensor(Tensor(shape: [1], floats: [7]))])
    model.outputs = ["z"]
    let graph = try read(model)
    #expect(graph[graph.outputs[0]].type == ValueType(.float32, ["n", 3]))
    #expect(graph.nodes.last?.op is Expand)
  }

  @Test func sumsAreChained() throws {
    var model = TestModel("Sum", ["x", "x", "x"])
    #expect(try operatorNames(model) == ["Add", "Add"])
    model = TestModel("Sum", ["x"])
    #expect(try operatorNames(model) == ["Identity"])
  }

  @Test func nodesAreSorted() throws {
    var model = TestModel()
    model.add("Tanh", ["b"], ["y"])
    model.add("Relu", ["x"], ["a"])
    model.add("Sigmoid", ["a"], ["b"])
    #expect(try operatorNames(model) == ["Relu", "Sigmoid", "Tanh"])
  }

  @Test func unusedIndicesAreDropped() throws {
    var model = TestModel().with(input: [1, 1, 4, 4])
    model.add(
      "MaxPool", ["x"], ["y", "indices"], ["kernel_shape": .ints([2, 2]), "storage_order": .int(1)])
    let graph = try read(model)
    #expect(graph.nodes[0].outputs.count == 1)
    #expect(graph[graph.outputs[0]].type?.shape == [1, 1, 3, 3])
  }

  @Test func initializersListedAsInputsAreConstants() throws {
    var model = TestModel("Add", ["x", "w"]).with("w", Tensor(shape: [3], floats: [1, 2, 3]))
    model.inputs.append(("w", ValueType(.float32, [3])))
    let graph = try read(model)
    #expect(graph.inputs.map { graph[$0].name } == ["x"])
  }

  @Test func unnamedAxesGetNames() throws {
    // A dimension without value or name, and one of -1.
    var model = TestModel("Relu")
    let shape =
      Wire.field(1, [UInt8]()) + Wire.field(1, Wire.field(2, "t")) + Wire.field(1, Wire.field(1, -1))
    let type = Wire.field(1, Wire.field(1, 1) + Wire.field(2, shape))
    model.inputs = []
    model.graphFields = Wire.field(11, Wire.field(1, "x") + Wire.field(2, type))
    let graph = try read(model)
    #expect(
      graph[graph.outputs[0]].type?.shape == [.symbolic("batch"), .symbolic("t"), .symbolic("x_axis2")])
  }

  struct Encoding: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var type: Int
    var fields: [UInt8]
    var expected: Tensor
  }

  static let encodings: [Encoding] = {
    func floats(_ name: String, _ type: Int, _ fields: [UInt8]) -> Encoding {
      Encoding(
        testDescription: name, type: type, fields: fields, expected: Tensor(shape: [2], floats: [1, -2]))
    }
    func ints(_ name: String, _ type: Int, _ fields: [UInt8], _ storage: Tensor.Storage) -> Encoding {
      Encoding(
        testDescription: name, type: type, fields: fields, expected: Tensor(shape: [2], storage: storage))
    }
    func packed(_ field: Int, _ values: Int...) -> [UInt8] { Wire.field(field, values.flatMap(Wire.varint)) }
    return [
      floats("float raw", 1, Wire.field(9, [0, 0, 128, 63, 0, 0, 0, 192])),
      floats("float field", 1, Wire.field(4, [0, 0, 128, 63, 0, 0, 0, 192])),
      floats("float16 raw", 10, Wire.field(9, [0, 0x3c, 0, 0xc0])),
      floats("float16 field", 10, packed(5, 0x3c00, 0xc000)),
      floats("bfloat16 raw", 16, Wire.field(9, [0x80, 0x3f, 0, 0xc0])),
      floats("bfloat16 field", 16, packed(5, 0x3f80, 0xc000)),
      floats("double raw", 11, Wire.field(9, [0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0])),
      floats("double field", 11, Wire.field(10, [0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0, 0, 0xc0])),
      ints("int8 raw", 3, Wire.field(9, [1, 0xfe]), .int8([1, -2])),
      ints("int8 field", 3, packed(5, 1, -2), .int8([1, -2])),
      ints("uint8 field", 2, packed(5, 1, 254), .uint8([1, 254])),
      ints("int16 raw", 5, Wire.field(9, [1, 0, 0xfe, 0xff]), .int32([1, -2])),
      ints("uint16 field", 4, packed(5, 1, 65534), .int32([1, 65534])),
      ints("int32 unpacked field", 6, Wire.field(5, 1) + Wire.field(5, -2), .int32([1, -2])),
      ints("int64 field", 7, packed(7, 1, -2), .int64([1, -2])),
      ints("uint32 field", 12, packed(11, 1, 4_294_967_294), .int64([1, 4_294_967_294])),
      ints("uint64 field", 13, packed(11, 1, 2), .int64([1, 2])),
      ints("bool raw", 9, Wire.field(9, [1, 0]), .bool([true, false])),
      ints("bool field", 9, packed(5, 0, 1), .bool([false, true])),
    ]
  }()

  @Test(arguments: encodings)
  func weightsOfEveryTypeAreRead(_ encoding: Encoding) throws {
    var model = TestModel("Identity", ["w"])
    model.rawInitializers = [Wire.tensor("w", [2], type: encoding.type, encoding.fields)]
    let graph = try read(model)
    #expect(graph.values.first { $0.name == "w" }?.constant == encoding.expected)
  }

  @Test func integerGraphsFold() throws {
    // What torch.onnx writes for pads: reversed pairs, by way of a matrix.
    var model = TestModel().with(input: [1, 1, 4, 4]).with("p", Tensor(ints: [1, 2, 3, 4, 0, 0, 0, 0]))
    model.initializers += [
      ("rows", Tensor(ints: [-1, 2])), ("zero", Tensor(ints: [0])), ("last", Tensor(ints: [-1])),
      ("low", Tensor(ints: [.min])),
    ]
    model.add("Reshape", ["p", "rows"], ["matrix"])
    model.add("Slice", ["matrix", "last", "low", "zero", "last"], ["reversed"])
    model.add("Transpose", ["reversed"], ["columns"], ["perm": .ints([1, 0])])
    model.add("Reshape", ["columns", "last"], ["pads"])
    model.add("Cast", ["pads"], ["pads64"], ["to": .int(7)])
    model.add("Pad", ["x", "pads64"], ["y"])
    let graph = try read(model)
    #expect(graph.nodes.map(\.op.name) == ["Pad"])
    #expect(graph[graph.outputs[0]].type?.shape == [1, 1, 11, 7])
    #expect(graph.nodes[0].inputs[1].flatMap { graph[$0].constant?.integers } == [0, 0, 3, 1, 0, 0, 4, 2])
  }
}
