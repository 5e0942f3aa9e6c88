import COnnx
import PithGraph

/// A graph of a model file, the network itself or the body of a control flow operator, cut into its parts: nodes and
/// weights stay bytes until they are wanted, one at a time.
struct ONNXGraphMessage {
  /// A graph input or output.
  struct Port {
    var name: String
    /// Nil where the file does not say, as outputs need not.
    var type: ValueType?
    /// What the file calls the type of its elements, which Pith may hold in a wider one.
    var dataType: ONNXDataType?
  }

  private(set) var name = ""
  private(set) var inputs: [Port] = []
  private(set) var outputs: [String] = []
  private(set) var nodes: [UnsafeRawBufferPointer] = []
  /// The messages of the weights by name.
  private(set) var initializers: [String: UnsafeRawBufferPointer] = [:]

  /// Cuts a message, which must outlive the result.
  init(_ bytes: UnsafeRawBufferPointer) throws {
    var rest: [UInt8] = []
    var fields = WireReader(bytes)
    while let field = try fields.next() {
      switch (field.number, field.encoding) {
      case (1, .bytes): nodes.append(field.payload)
      case (5, .bytes):
        let name = try Self.name(ofTensor: field.payload)
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
    (name, outputs, inputs) = try graph.read { graph in
      let outputs = UnsafeBufferPointer(start: graph.pointee.output, count: graph.pointee.n_output)
      var inputs: [Port] = []
      for input in UnsafeBufferPointer(start: graph.pointee.input, count: graph.pointee.n_input) {
        guard let input = input?.pointee else { continue }
        let name = String(field: input.name)
        // Until version 4 of the format, every initializer was listed as an input too.
        if initializers[name] != nil { continue }
        inputs.append(
          Port(
            name: name, type: try Self.type(of: input, name: name),
            dataType: (input.type?.pointee.tensor_type?.pointee.elem_type).flatMap {
              ONNXDataType(rawValue: $0)
            }))
      }
      return (
        String(field: graph.pointee.name), outputs.map { $0.map { String(field: $0.pointee.name) } ?? "" },
        inputs
      )
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
        guard value >= 0 else {
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
