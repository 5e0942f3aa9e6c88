/// A SavedModel written by hand, to say what no exporter would.
struct TestSavedModel {
  struct Node {
    var name: String
    var op: String
    var inputs: [String] = []
    /// Attributes as messages (`AttrValue`).
    var attributes: [String: [UInt8]] = [:]
  }

  struct Function {
    var name: String
    var arguments: [String]
    /// For each result, its name and the value.
    var results: [(String, String)]
    var nodes: [Node]
  }

  var tags = ["serve"]
  /// By the signature's name: for each tensor its key, the tensor, and the shape.
  var signatures = ["serving_default"]
  var inputs: [(key: String, tensor: String, shape: [Int])] = [("x", "x:0", [-1, 4])]
  var outputs = [(key: "y", tensor: "y:0")]
  var nodes = [Node(name: "x", op: "Placeholder")]
  var functions: [Function] = []
  var restoreOperation = ""

  mutating func add(
    _ name: String, _ op: String, _ inputs: [String] = [], _ attributes: [String: [UInt8]] = [:]
  ) {
    nodes.append(Node(name: name, op: op, inputs: inputs, attributes: attributes))
  }

  // MARK: Attributes

  static func int(_ value: Int) -> [UInt8] { Wire.field(3, value) }
  static func flag(_ value: Bool) -> [UInt8] { Wire.field(5, value ? 1 : 0) }
  static func text(_ value: String) -> [UInt8] { Wire.field(2, value) }
  static func type(_ value: Int) -> [UInt8] { Wire.field(6, value) }
  static func function(_ name: String) -> [UInt8] { Wire.field(10, Wire.field(1, name)) }
  static func ints(_ values: [Int]) -> [UInt8] { Wire.field(1, values.flatMap { Wire.field(3, $0) }) }

  static func shape(_ sizes: [Int]) -> [UInt8] { sizes.flatMap { Wire.field(2, Wire.field(1, $0)) } }

  /// A `TensorProto` in an attribute.
  static func tensor(_ type: Int, _ sizes: [Int], _ fields: [UInt8]) -> [UInt8] {
    Wire.field(8, Wire.field(1, type) + Wire.field(2, shape(sizes)) + fields)
  }

  static func integers(_ values: [Int]) -> [UInt8] {
    tensor(3, [values.count], values.flatMap { Wire.field(7, $0) })
  }

  // MARK: Bytes

  private static func bytes(_ node: Node) -> [UInt8] {
    Wire.field(1, node.name) + Wire.field(2, node.op) + node.inputs.flatMap { Wire.field(3, $0) }
      + node.attributes.sorted { $0.key < $1.key }.flatMap { Wire.field(5, entry($0.key, $0.value)) }
  }

  private static func entry(_ key: String, _ value: [UInt8]) -> [UInt8] {
    Wire.field(1, key) + Wire.field(2, value)
  }

  private static func bytes(_ function: Function) -> [UInt8] {
    let signature =
      Wire.field(1, function.name) + function.arguments.flatMap { Wire.field(2, Wire.field(1, $0)) }
      + function.results.flatMap { Wire.field(3, Wire.field(1, $0.0)) }
    return Wire.field(1, signature) + function.nodes.flatMap { Wire.field(3, bytes($0)) }
      + function.results.flatMap { Wire.field(4, Wire.field(1, $0.0) + Wire.field(2, $0.1)) }
  }

  var bytes: [UInt8] {
    let library = functions.flatMap { Wire.field(1, TestSavedModel.bytes($0)) }
    let graph = nodes.flatMap { Wire.field(1, TestSavedModel.bytes($0)) } + Wire.field(2, library)
    func port(_ tensor: String, _ sizes: [Int]) -> [UInt8] {
      Wire.field(1, tensor) + Wire.field(2, 1) + Wire.field(3, TestSavedModel.shape(sizes))
    }
    let signature =
      inputs.flatMap { Wire.field(1, TestSavedModel.entry($0.key, port($0.tensor, $0.shape))) }
      + outputs.flatMap { Wire.field(2, TestSavedModel.entry($0.key, port($0.tensor, []))) }
    let meta =
      Wire.field(1, tags.flatMap { Wire.field(4, $0) }) + Wire.field(2, graph)
      + Wire.field(3, Wire.field(3, restoreOperation))
      + signatures.flatMap { Wire.field(5, TestSavedModel.entry($0, signature)) }
    return Wire.field(1, 1) + Wire.field(2, meta)
  }

  var files: [String: [UInt8]] { ["saved_model.pb": bytes] }
}

/// A sorted table and a bundle around it, written by hand.
enum TestBundle {
  /// `variables.index` with one block; checksums are left 0.
  static func index(_ entries: [(key: String, value: [UInt8])], compression: UInt8 = 0) -> [UInt8] {
    func block(_ entries: [(key: [UInt8], value: [UInt8])]) -> [UInt8] {
      var bytes: [UInt8] = []
      for entry in entries {
        bytes += Wire.varint(0) + Wire.varint(entry.key.count) + Wire.varint(entry.value.count)
        bytes += entry.key + entry.value
      }
      return bytes + [0, 0, 0, 0, 1, 0, 0, 0]
    }
    let trailer: [UInt8] = [compression, 0, 0, 0, 0]
    let data = block(entries.map { (Array($0.key.utf8), $0.value) })
    let index = block([(Array("~".utf8), Wire.varint(0) + Wire.varint(data.count))])
    var footer = Wire.varint(0) + Wire.varint(0)
    footer += Wire.varint(data.count + trailer.count) + Wire.varint(index.count)
    footer += Array(repeating: 0, count: 40 - footer.count)
    footer += [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb]
    return data + trailer + index + trailer + footer
  }

  static func entry(
    type: Int = 1, shape: [Int], shard: Int = 0, offset: Int = 0, count: Int, _ more: [UInt8] = []
  ) -> [UInt8] {
    Wire.field(1, type) + Wire.field(2, TestSavedModel.shape(shape)) + Wire.field(3, shard)
      + Wire.field(4, offset)
      + Wire.field(5, count) + more
  }
}
