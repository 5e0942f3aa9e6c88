import COnnx
import PithGraph

/// A node as the file has it.
///
/// An operator takes the attributes that it knows; what is left over is an error, since an attribute that is not
/// understood may change what the node computes.
final class ONNXNode {
  let name: String
  let opType: String
  let domain: String
  /// Names of the operands; absent optional ones are empty, and none of those stands at the end.
  private(set) var inputs: [String]
  /// Names of the results, likewise.
  let outputs: [String]
  private var attributes: [String: ONNXAttribute]

  /// Which of several functions of that name it calls.
  let overload: String
  /// Names that its subgraphs read of what is around them.
  let captures: [String]

  /// - Parameter arguments: the attributes of the call, where the node stands in a function.
  init(
    _ bytes: UnsafeRawBufferPointer, tensors: inout TensorReader, arguments: [String: ONNXAttribute]? = nil
  ) throws {
    let message = try ProtobufMessage(onnx__node_proto__unpack, bytes, fieldLimit: ONNXLimits.nodeFields)
    var attributes: [String: ONNXAttribute] = [:]
    var captures: Set<String> = []
    var problem: GraphError?
    (name, opType, domain, inputs, outputs) = message.read { node in
      let node = node.pointee
      for attribute in UnsafeBufferPointer(start: node.attribute, count: node.n_attribute) {
        guard let attribute = attribute?.pointee else { continue }
        let name = String(field: attribute.name)
        do {
          attributes[name] = try ONNXNode.attribute(attribute, arguments, &tensors)
          if attribute.has_g != 0 {
            captures.formUnion(
              try ONNXSubgraph.captures(
                UnsafeRawBufferPointer(start: attribute.g.data, count: attribute.g.len)))
          }
        } catch let error as GraphError {
          problem = GraphError("attribute '\(name.printable())': \(error.message)")
        } catch {
          problem = GraphError("attribute '\(name.printable())': \(error)")
        }
      }
      return (
        String(field: node.name), String(field: node.op_type), String(field: node.domain),
        ONNXNode.names(node.n_input, node.input), ONNXNode.names(node.n_output, node.output)
      )
    }
    self.attributes = attributes
    self.captures = captures.sorted()
    var overload = ""
    var fields = WireReader(bytes)
    while let field = try fields.next() {
      if field.number == 8, field.encoding == .bytes {
        overload = String(decoding: field.payload, as: UTF8.self)
      }
    }
    self.overload = overload
    if let problem { throw ImportError(file: "", node: label, problem.message) }
  }

  /// The value of an attribute: its own, or that of the call that it refers to; nil where the call has none.
  private static func attribute(
    _ proto: Onnx__AttributeProto, _ arguments: [String: ONNXAttribute]?, _ tensors: inout TensorReader
  ) throws -> ONNXAttribute? {
    let reference = String(field: proto.ref_attr_name)
    guard !reference.isEmpty else { return try ONNXAttribute(proto, tensors: &tensors) }
    guard let arguments else {
      throw GraphError("it refers to an attribute of a function, but stands in none; export the model again")
    }
    return arguments[reference]
  }

  /// What messages call it: its name, or what it computes where it has none, and its operator.
  var label: String {
    let shown = name.isEmpty ? outputs.first { !$0.isEmpty } ?? "" : name
    return "'\(shown.printable())' (\(opType.printable()))"
  }

  /// The domain of the standard's own operators, which has two spellings.
  static func isDefault(domain: String) -> Bool { domain.isEmpty || domain == "ai.onnx" }

  private static func names(
    _ count: Int, _ field: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
  ) -> [String] {
    var names = UnsafeBufferPointer(start: field, count: count).map { String(field: $0) }
    while names.last?.isEmpty == true { names.removeLast() }
    return names
  }

  /// The function that it calls, where it calls one.
  var functionKey: ONNXFunction.Key { ONNXFunction.Key(domain: domain, name: opType, overload: overload) }

  /// Makes operands of these names absent.
  func drop(_ names: Set<String>) {
    inputs = inputs.map { names.contains($0) ? "" : $0 }
    while inputs.last?.isEmpty == true { inputs.removeLast() }
  }

  /// The attributes of these messages by name.
  static func attributes(
    _ messages: [UnsafeRawBufferPointer], tensors: inout TensorReader
  ) throws -> [String: ONNXAttribute] {
    var result: [String: ONNXAttribute] = [:]
    for bytes in messages {
      let message = try ProtobufMessage(onnx__attribute_proto__unpack, bytes)
      let (name, value) = try message.read {
        (String(field: $0.pointee.name), try ONNXAttribute($0.pointee, tensors: &tensors))
      }
      result[name] = value
    }
    return result
  }

  // MARK: Attributes

  func take(_ name: String) -> ONNXAttribute? { attributes.removeValue(forKey: name) }

  func peek(_ name: String) -> ONNXAttribute? { attributes[name] }

  func has(_ name: String) -> Bool { attributes[name] != nil }

  /// Takes attributes that do not matter for inference.
  func ignore(_ names: String...) { for name in names { attributes[name] = nil } }

  func int(_ name: String) throws -> Int? {
    guard let attribute = take(name) else { return nil }
    guard case .int(let value) = attribute else { throw mismatch(name, attribute, "an integer") }
    return value
  }

  func flag(_ name: String, default value: Bool = false) throws -> Bool {
    try int(name).map { $0 != 0 } ?? value
  }

  func ints(_ name: String) throws -> [Int]? {
    guard let attribute = take(name) else { return nil }
    guard let values = attribute.ints else { throw mismatch(name, attribute, "a list of integers") }
    return values
  }

  func float(_ name: String) throws -> Float? {
    guard let attribute = take(name) else { return nil }
    guard case .float(let value) = attribute else { throw mismatch(name, attribute, "a number") }
    return value
  }

  func floats(_ name: String) throws -> [Float]? {
    guard let attribute = take(name) else { return nil }
    guard let values = attribute.floats else { throw mismatch(name, attribute, "a list of numbers") }
    return values
  }

  func string(_ name: String) throws -> String? {
    guard let attribute = take(name) else { return nil }
    guard case .string(let value) = attribute else { throw mismatch(name, attribute, "a string") }
    return value
  }

  func strings(_ name: String) throws -> [String]? {
    guard let attribute = take(name) else { return nil }
    guard let values = attribute.strings else { throw mismatch(name, attribute, "a list of strings") }
    return values
  }

  func graph(_ name: String) throws -> ONNXSubgraph? {
    guard let attribute = take(name) else { return nil }
    guard case .graph(let value) = attribute else { throw mismatch(name, attribute, "a subgraph") }
    return value
  }

  /// Takes all attributes, as a call of a function does.
  func takeAll() -> [String: ONNXAttribute] {
    defer { attributes = [:] }
    return attributes
  }

  func tensor(_ name: String) throws -> Tensor? {
    guard let attribute = take(name) else { return nil }
    guard case .tensor(let value) = attribute else { throw mismatch(name, attribute, "a tensor") }
    return value
  }

  private func mismatch(_ name: String, _ attribute: ONNXAttribute, _ expected: String) -> GraphError {
    GraphError("attribute '\(name)' is \(attribute.kind), but must be \(expected)")
  }

  /// Every attribute must have been taken.
  func checkAllTaken() throws {
    guard let name = attributes.keys.min() else { return }
    throw GraphError(
      "attribute '\(name.printable())' is not known to Pith; export the model with a standard exporter")
  }
}
