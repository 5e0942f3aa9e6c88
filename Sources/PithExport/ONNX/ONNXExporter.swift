import PithFiles
import PithGraph

/// Writes graphs as ONNX, Pith's portable form: every operator of `PithGraph`, in the same bytes each time.
///
/// Format: https://onnx.ai/onnx/repo-docs/IR.html
public enum ONNXExporter {
  /// The opsets that can be asked for.
  public static let supportedOpsets = 17...21

  /// Writes a graph; fused activations become nodes of their own.
  ///
  /// The file is written beside its place and then renamed.
  /// - Parameters:
  ///   - opset: raised where an operator needs a newer one (wrapping pads and dilated average pools: 19).
  ///   - producer: what the file says it was made by.
  /// - Throws: `ExportError`, `GraphError` where the graph is not one, or `FileError` where the file cannot be written.
  public static func write(
    _ graph: Graph, to path: String, opset: Int = 17, producer: String = "pith"
  ) throws {
    try save(try encode(graph, opset: opset, producer: producer, ONNXQuantization()), to: path)
  }

  /// Writes a graph with the quantization of its values as pairs of QuantizeLinear and DequantizeLinear, which
  /// ONNX Runtime turns into integer operators.
  /// - Parameters:
  ///   - activations: values that pass through uint8: inputs, outputs of nodes (after their fused activation), or
  ///     constants.
  ///   - weights: constants that are stored as int8.
  ///   - biases: constants that are stored as int32.
  /// - Throws: `ExportError`, `GraphError` where the graph is not one, or `FileError` where the file cannot be written.
  public static func writeQDQ(
    _ graph: Graph, activations: [ValueID: ActivationQuantization],
    weights: [ValueID: WeightQuantization] = [:], biases: [ValueID: BiasQuantization] = [:], to path: String,
    opset: Int = 17, producer: String = "pith"
  ) throws {
    let quantization = ONNXQuantization(activations: activations, weights: weights, biases: biases)
    try save(try encode(graph, opset: opset, producer: producer, quantization), to: path)
  }

  /// The file's bytes, for tests and for those who store them elsewhere.
  /// - Throws: as `write` does.
  public static func bytes(of graph: Graph, opset: Int = 17, producer: String = "pith") throws -> [UInt8] {
    let parts = try encode(graph, opset: opset, producer: producer, ONNXQuantization())
    var result: [UInt8] = []
    for part in parts {
      result += part.head
      part.tensor?.withRawData { result += $0 }
    }
    return result
  }

  /// How many bytes the file will have.
  /// - Throws: as `write` does.
  public static func byteCount(of graph: Graph, opset: Int = 17, producer: String = "pith") throws -> Int {
    try encode(graph, opset: opset, producer: producer, ONNXQuantization()).reduce(0) { $0 + $1.count }
  }

  /// A stretch of the file: bytes, and then the elements of a tensor, which are not copied.
  private struct Part {
    var head: [UInt8]
    var tensor: Tensor?

    var count: Int { head.count + (tensor?.byteCount ?? 0) }
  }

  private static func encode(
    _ graph: Graph, opset: Int, producer: String, _ quantization: ONNXQuantization
  ) throws -> [Part] {
    guard supportedOpsets.contains(opset) else {
      throw ExportError(
        "cannot write opset \(opset); ask for \(supportedOpsets.lowerBound) to \(supportedOpsets.upperBound)")
    }
    var graph = graph
    try graph.inferTypes()
    let needed = graph.nodes.compactMap { ($0.op as? any ONNXWritable)?.minimumOpset }.max() ?? opset
    let writer = try ONNXGraphWriter(graph, opset: Swift.max(opset, needed), quantization: quantization)
    var parts: [Part] = []
    func append(_ field: Int, _ message: [UInt8], _ tensor: Tensor? = nil) {
      let count = message.count + (tensor?.byteCount ?? 0)
      parts.append(Part(head: ONNXMessages.prefix(field: field, count: count) + message, tensor: tensor))
    }
    for node in writer.nodes { append(1, ONNXMessages.node(node)) }
    append(2, Array((graph.name.isEmpty ? "graph" : graph.name).utf8))
    for (name, tensor) in writer.initializers {
      append(5, ONNXMessages.initializerHead(name, tensor), tensor)
    }
    for (name, type) in writer.inputs { append(11, ONNXMessages.port(name, type)) }
    for (name, type) in writer.outputs { append(12, ONNXMessages.port(name, type)) }

    let metadata = graph.metadata.sorted { $0.key < $1.key }.flatMap {
      ONNXMessages.metadata($0.key, $0.value)
    }
    let count = parts.reduce(0) { $0 + $1.count }
    guard count < 1 << 31 - 1 << 16 - metadata.count else {
      throw ExportError(
        "the model takes \(count + metadata.count) bytes, but an ONNX file can hold 2 GiB only")
    }
    let (before, after) = ONNXMessages.model(opset: writer.opset, producer: producer)
    parts.insert(Part(head: before + ONNXMessages.prefix(field: 7, count: count)), at: 0)
    parts.append(Part(head: after + metadata))
    return parts
  }

  private static func save(_ parts: [Part], to path: String) throws {
    try AtomicFile.write(to: path) { sink in
      for part in parts {
        try sink.write(part.head)
        if let tensor = part.tensor { try tensor.withRawData { try sink.write($0) } }
      }
    }
  }
}
