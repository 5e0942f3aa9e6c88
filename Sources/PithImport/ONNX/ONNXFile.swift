import COnnx
import PithGraph

/// A model file cut into its parts: the nodes and weights stay bytes until they are wanted, one at a time.
struct ONNXFile {
  let graph: ONNXGraphMessage
  private(set) var opset = 0
  /// The functions that the model brings along.
  private(set) var functions: [ONNXFunction.Key: ONNXFunction] = [:]
  /// Free text by key.
  private(set) var metadata: [String: String] = [:]
  private var metadataBytes = 0

  /// Reads all but nodes and weights, which must outlive the result as bytes.
  init(_ bytes: UnsafeRawBufferPointer) throws {
    var graph: UnsafeRawBufferPointer?
    var rest: [UInt8] = []
    var metadata: [UnsafeRawBufferPointer] = []
    var functions: [ONNXFunction] = []
    var fields = WireReader(bytes)
    while let field = try fields.next() {
      switch (field.number, field.encoding) {
      case (7, .bytes):
        guard graph == nil else { throw GraphError("the file holds two graphs; export it again") }
        graph = field.payload
      case (14, .bytes): metadata.append(field.payload)
      case (25, .bytes): functions.append(try ONNXFunction(field.payload))
      // Strings that nobody reads, and training.
      case (6, _), (14, _), (20, _), (25, _): break
      default: rest += field.whole
      }
    }
    guard let graph else { throw GraphError("the file holds no graph; is it an ONNX model?") }
    // What the file is comes first: an opset that is not known says more than a graph that makes no sense.
    opset = try Self.opset(rest)
    self.graph = try ONNXGraphMessage(graph)
    for entry in metadata { try readMetadata(entry) }
    for function in functions { self.functions[function.key] = function }
  }

  private static func opset(_ bytes: [UInt8]) throws -> Int {
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
    return opset
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
}
