import PithGraph

@testable import PithExport

/// An ONNX file made by hand, right or wrong as a test wants it.
struct TestModel {
  var opset: Int? = 17
  var nodes: [ONNXNodeDraft] = []
  var initializers: [(name: String, tensor: Tensor)] = []
  /// Encoded `TensorProto`s.
  var rawInitializers: [[UInt8]] = []
  var inputs: [(name: String, type: ValueType?)] = [("x", ValueType(.float32, [2, 3]))]
  var outputs: [String] = ["y"]
  /// Encoded fields that are added to the graph and to the model.
  var graphFields: [UInt8] = []
  var modelFields: [UInt8] = []
  var domains: [(name: String, version: Int)] = []

  /// A model of one node.
  init(_ opType: String, _ inputs: [String] = ["x"], opset: Int = 17, _ attributes: Attributes = [:]) {
    self.opset = opset
    add(opType, inputs, ["y"], attributes, name: "n")
  }

  init() {}

  typealias Attributes = KeyValuePairs<String, ONNXNodeDraft.Attribute>

  mutating func add(
    _ opType: String, _ inputs: [String], _ outputs: [String], _ attributes: Attributes = [:],
    name: String = ""
  ) {
    nodes.append(
      ONNXNodeDraft(
        opType: opType, name: name, inputs: inputs, outputs: outputs,
        attributes: attributes.map { (name: $0.key, value: $0.value) }))
  }

  /// The same with a constant.
  func with(_ name: String, _ tensor: Tensor) -> TestModel {
    var copy = self
    copy.initializers.append((name, tensor))
    return copy
  }

  /// The same with an input of that shape.
  func with(input shape: Shape, _ element: ElementType = .float32) -> TestModel {
    var copy = self
    copy.inputs = [("x", ValueType(element, shape))]
    return copy
  }

  var bytes: [UInt8] {
    var graph = graphFields
    for node in nodes { graph += Wire.field(1, ONNXMessages.node(node)) }
    for (name, tensor) in initializers {
      graph += Wire.field(
        5, ONNXMessages.initializerHead(name, tensor) + tensor.withRawData { Array($0) })
    }
    for initializer in rawInitializers { graph += Wire.field(5, initializer) }
    for (name, type) in inputs { graph += Wire.field(11, ONNXMessages.port(name, type)) }
    for name in outputs { graph += Wire.field(12, ONNXMessages.port(name, nil)) }
    var model = Wire.field(1, 8) + Wire.field(7, graph) + modelFields
    if let opset { model += Wire.field(8, Wire.field(2, opset)) }
    for (name, version) in domains {
      model += Wire.field(8, Wire.field(1, Array(name.utf8)) + Wire.field(2, version))
    }
    return model
  }
}

/// Protobuf's wire format, by hand.
enum Wire {
  static func varint(_ value: Int) -> [UInt8] {
    var rest = UInt64(bitPattern: Int64(value))
    var bytes: [UInt8] = []
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    return bytes + [UInt8(rest)]
  }

  static func field(_ number: Int, _ value: Int) -> [UInt8] { varint(number << 3) + varint(value) }

  static func field(_ number: Int, _ bytes: [UInt8]) -> [UInt8] {
    varint(number << 3 | 2) + varint(bytes.count) + bytes
  }

  static func field(_ number: Int, _ text: String) -> [UInt8] { field(number, Array(text.utf8)) }

  /// A `TensorProto` without elements, to which the given fields are added.
  static func tensor(_ name: String, _ dims: [Int], type: Int, _ fields: [UInt8]) -> [UInt8] {
    dims.flatMap { field(1, $0) } + field(2, type) + field(8, name) + fields
  }
}
