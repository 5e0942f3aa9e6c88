import PithGraph

/// A TFLite model, cut into its parts.
///
/// Schema: `tensorflow/lite/schema/schema.fbs`, version 3. Its first subgraph is the network; others are bodies of control
/// flow, which is not supported.
struct TFLiteFile {
  /// What the subgraph or the file is called.
  let name: String
  let tensors: [TFLiteTensor]
  /// Numbers of tensors.
  let inputs: [Int]
  let outputs: [Int]
  /// In the order in which they are executed.
  let nodes: [TFLiteNode]
  private let buffers: [FlatTable]
  private let bytes: UnsafeRawBufferPointer

  init(_ bytes: UnsafeRawBufferPointer) throws {
    self.bytes = bytes
    let buffer = FlatBuffer(bytes)
    guard buffer.identifier == "TFL3" else { throw FlatBuffer.damage }
    let model = try buffer.root()
    let version = try model.number(0, UInt32(0))
    guard version == 3 else {
      throw GraphError("it is of schema version \(version), and 3 is supported; convert the model again")
    }
    let codes = try model.tables(1).map { try TFLiteFile.operatorCode($0) }
    guard let subgraphs = try model.vector(2, stride: 4), subgraphs.count > 0 else {
      throw GraphError("it holds no network; export it again")
    }
    let graph = try subgraphs.table(0)
    let own = try graph.string(4)
    name = own.isEmpty ? try model.string(3) : own
    tensors = try graph.tables(0).map { try TFLiteTensor($0) }
    inputs = try graph.ints(1)
    outputs = try graph.ints(2)
    buffers = try model.tables(4)
    let tensors = tensors
    nodes = try graph.tables(3).map { try TFLiteNode($0, codes: codes, tensors: tensors) }
    try check()
  }

  /// Numbers of tensors must be of such that exist, and each is computed once.
  private func check() throws {
    guard (inputs + outputs).allSatisfy(tensors.indices.contains) else { throw FlatBuffer.damage }
    var known = Set(inputs)
    guard known.count == inputs.count else {
      throw GraphError("an input of the network is there twice; export the model again")
    }
    for node in nodes {
      for input in node.inputs where input >= 0 && !known.contains(input) {
        // Constants and state have no producer.
        guard tensors[input].buffer > 0 || tensors[input].isVariable || tensors[input].shape.contains(0)
        else {
          throw ImportError(
            file: "", node: node.label,
            "operand '\(tensors[input].name.printable())' is used before it is computed; export the model again"
          )
        }
      }
      for output in node.outputs where output >= 0 {
        guard known.insert(output).inserted else {
          throw ImportError(
            file: "", node: node.label,
            "'\(tensors[output].name.printable())' is computed a second time; export the model again")
        }
      }
    }
  }

  /// The operator's number and the name of a custom one.
  private static func operatorCode(_ table: FlatTable) throws -> TFLiteNode.Code {
    // Numbers from 127 on do not fit the older field, which then holds 127.
    let code = Swift.max(Int(try table.number(0, Int8(0))), try table.int(3))
    guard code >= 0 else { throw FlatBuffer.damage }
    return TFLiteNode.Code(number: code, custom: try table.string(1))
  }

  /// The bytes of a buffer; nil where it holds none.
  /// - Throws: where there is no such buffer, or it does not lie in the file.
  func contents(ofBuffer index: Int) throws -> UnsafeRawBufferPointer? {
    guard buffers.indices.contains(index) else { throw FlatBuffer.damage }
    if let data = try buffers[index].vector(0, stride: 1), data.count > 0 {
      return UnsafeRawBufferPointer(rebasing: bytes[data.position..<(data.position + data.count)])
    }
    // Models beyond 2 GB keep their weights behind the tables.
    let offset = try buffers[index].number(1, UInt64(0))
    let size = try buffers[index].number(2, UInt64(0))
    guard offset > 1, size > 0 else { return nil }
    guard offset <= UInt64(bytes.count), size <= UInt64(bytes.count) - offset else {
      throw FlatBuffer.truncation
    }
    return UnsafeRawBufferPointer(rebasing: bytes[Int(offset)..<Int(offset + size)])
  }
}
