import COnnx
import PithGraph

/// A model file cut into its parts: the nodes and weights stay bytes until they are wanted, one at a time.
struct ONNXFile {
  /// A graph input or output.
  struct Port {
    var name: String
    /// Nil where the file does not say, as outputs need not.
    var type: ValueType?
  }

  private(set) var graphName = ""
  private(set) var opset = 0
  private(set) var inputs: [Port] = []
  private(set) var outputs: [String] = []
  private(set) var nodes: [UnsafeRawBufferPointer] = []
  /// The messages of the weights by name.
  private(set) var initializers: [String: UnsafeRawBufferPointer] = [:]
  /// Free text by key.
  private(set) var metadata: [String: String] = [:]
  private var metadataBytes = 0

  /// Reads all but nodes and weights, which must outlive the result as bytes.
  init(_ bytes: UnsafeRawBufferPointer) throws {
    var graph: UnsafeRawBufferPointer?
    var rest: [UInt8] = []
    var fields = WireReader(bytes)
    while let field = try fields.next() {
      switch (field.number, field.encoding) {
      case (7, .bytes):
        guard graph == nil else { throw GraphError("the file holds two graphs; export it again") }
        graph = field.payload
      case (14, .bytes): try readMetadata(field.payload)
      // Strings that nobody reads, training and functions.
      case (6, _), (14, _), (20, _), (25, _): break
      default: rest += field.whole
      }
    }
    guard let graph else { throw GraphError("the file holds no graph; is it an ONNX model?") }
    try readHeader(rest)
    try readGraph(graph)
  }

  private mutating func readHeader(_ bytes: [UInt8]) throws {
    let model = try bytes.withUnsafeBytes {
      try ProtobufMessage(onnx__model_proto__unpack, $0, fieldLimit: 1 << 16)
    }
    let versions = model.read { model in
      UnsafeBufferPointer(start: model.pointee.opset_import, count: model.pointee.n_opset_import).compactMap {
        $0.map { (domain: String(field: $0.pointee.domain), version: $0.pointee.version) }
      }
    }
    let supported = ONNXImporter.supportedOpsets
    guard let version = versions.last(where: { ONNXNode.isDefault(domain: $0.domain) })?.version else {
      throw GraphError("the file does not say which ONNX opset it uses; is it an ONNX model?")
    }
    guard let opset = Int(exactly: version), supported.contains(opset) else {
      throw GraphError(
        "it uses ONNX opset \(version), but Pith reads opsets \(supported.lowerBound) to \(supported.upperBound); export it with opset_version=17, or convert it with onnx.version_converter"
      )
    }
    self.opset = opset
  }

  /// Takes a key and its value, as long as all together are of a size that makes sense.
  private mutating func readMetadata(_ bytes: UnsafeRawBufferPointer) throws {
    guard bytes.count <= ONNXLimits.metadataBytes - metadataBytes else { return }
    metadataBytes += bytes.count
    var (key, value) = ("", "")
    var fields = WireReader(bytes)
    while let field = try fields.next() {
      switch (field.number, field.encoding) {
      case (1, .bytes): key = String(decoding: field.payload, as: UTF8.self)
      case (2, .bytes): value = String(decoding: field.payload, as: UTF8.self)
      default: break
      }
    }
    if !key.isEmpty { metadata[key] = value }
  }

  private mutating func readGraph(_ bytes: UnsafeRawBufferPointer) throws {
    var rest: [UInt8] = []
    var fields = WireReader(bytes)
    while let field = try fields.next() {
      switch (field.number, field.encoding) {
      case (1, .bytes): nodes.append(field.payload)
      case (5, .bytes):
        let name = try ONNXFile.name(ofTensor: field.payload)
        guard !name.isEmpty else { throw GraphError("an initializer has no name; export the model again") }
        guard initializers.updateValue(field.payload, forKey: name) == nil else {
          throw GraphError("initializer '\(name.printable())' is there twice; export the model again")
        }
      // Documentation, types that are inferred anyway, and annotations.
      case (10, _), (13, _), (14, _), (16, _): break
      case (15, _): throw GraphError("it has sparse weights, which are not supported; export them dense")
      default: rest += field.whole
      }
    }
    let graph = try rest.withUnsafeBytes {
      try ProtobufMessage(onnx__graph_proto__unpack, $0, fieldLimit: 1 << 16)
    }
    try graph.read { graph in
      graphName = String(field: graph.pointee.name)
      let outputs = UnsafeBufferPointer(start: graph.pointee.output, count: graph.pointee.n_output)
      self.outputs = outputs.map { $0.map { String(field: $0.pointee.name) } ?? "" }
      for input in UnsafeBufferPointer(start: graph.pointee.input, count: graph.pointee.n_input) {
        guard let input = input?.pointee else { continue }
        let name = String(field: input.name)
        // Until version 4 of the format, every initializer was listed as an input too.
        if initializers[name] != nil { continue }
        inputs.append(Port(name: name, type: try ONNXFile.type(of: input, name: name)))
      }
    }
  }

  private static func name(ofTensor bytes: UnsafeRawBufferPointer) throws -> String {
    var name = ""
    var fields = WireReader(bytes)
    while let field = try fields.next() {
      if field.number == 8, field.encoding == .bytes { name = String(decoding: field.payload, as: UTF8.self) }
    }
    return name
  }

  private static func type(of input: Onnx__ValueInfoProto, name: String) throws -> ValueType {
    let shown = name.printable()
    guard !name.isEmpty else { throw GraphError("a graph input has no name; export the model again") }
    guard let tensor = input.type?.pointee.tensor_type?.pointee else {
      throw GraphError("input '\(shown)' is not a tensor; export the model with tensor inputs")
    }
    guard let shape = tensor.shape?.pointee else {
      throw GraphError("input '\(shown)' has no shape; export the model with one")
    }
    let element: ElementType
    do {
      element = try ONNXDataType.element(tensor.elem_type)
    } catch let error as GraphError {
      throw GraphError("input '\(shown)': \(error.message)")
    }
    var dimensions: [Dimension] = []
    for (axis, dim) in UnsafeBufferPointer(start: shape.dim, count: shape.n_dim).enumerated() {
      let symbol = String(field: dim?.pointee.dim_param)
      let value = dim.flatMap { $0.pointee.has_dim_value != 0 ? Int($0.pointee.dim_value) : nil }
      if let value, value != -1 {
        guard value > 0 else {
          throw GraphError(
            "axis \(axis) of input '\(shown)' has size \(value); export the model with a real one")
        }
        dimensions.append(.fixed(value))
      } else if !symbol.isEmpty {
        dimensions.append(.symbolic(symbol))
      } else {
        dimensions.append(.symbolic(axis == 0 ? "batch" : "\(name)_axis\(axis)"))
      }
    }
    return ValueType(element, Shape(dimensions))
  }
}
