import PithGraph

/// Reads nodes of some operators of TensorFlow.
protocol TFReader: SendableMetatype {
  /// TensorFlow's names for the operators.
  static var operators: [String] { get }

  /// Adds what the node computes to the graph.
  /// - Returns: the node's results; those that inference does not have may be left out at the end.
  /// - Throws: `GraphError` where the node is illegal or beyond what Pith does.
  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known]
}

enum TFOperators {
  /// Every operator that is understood, by TensorFlow's name.
  static let readers: [String: any TFReader.Type] = Dictionary(
    all.flatMap { reader in reader.operators.map { ($0, reader) } }, uniquingKeysWith: { first, _ in first })

  private static let all: [any TFReader.Type] = [
    TFConst.self, TFVariable.self, TFIdentity.self, TFUnary.self, TFBinary.self, TFSelect.self, TFAddN.self,
    TFCast.self, TFShapeOf.self, TFReshape.self, TFExpandDims.self, TFSqueeze.self, TFTranspose.self,
    TFConcat.self,
    TFPack.self, TFUnpack.self, TFSplit.self, TFSlice.self, TFStridedSlice.self, TFGather.self, TFFill.self,
    TFRange.self, TFTile.self, TFPad.self, TFReduce.self, TFConv2D.self, TFBiasAdd.self, TFBatchNorm.self,
    TFPool.self,
    TFMatMul.self, TFSoftmax.self, TFEinsum.self, TFConvTranspose.self, TFResize.self, TFArgMax.self,
    TFTopK.self,
    TFCumSum.self, TFOneHot.self, TFDepthToSpace.self, TFReverse.self, TFLRN.self, TFSpaceToBatch.self,
  ]

  /// Says everything that is not supported at once, so that it need not be found out one by one.
  /// - Throws: `ImportError` naming each operator with one of its nodes.
  static func check(_ nodes: [TFNode]) throws {
    var order: [String] = []
    var found: [String: [TFNode]] = [:]
    for node in nodes where readers[node.op] == nil {
      if found[node.op] == nil { order.append(node.op) }
      found[node.op, default: []].append(node)
    }
    guard !order.isEmpty else { return }
    let list = order.prefix(20).map { name -> String in
      let nodes = found[name] ?? []
      let place = nodes.first.map { $0.name.printable() } ?? ""
      return "\(name.printable()) (\(nodes.count > 1 ? "\(nodes.count) nodes, first " : "node ")'\(place)')"
    }
    let rest = order.count > 20 ? " and \(order.count - 20) more" : ""
    throw ImportError(
      file: "",
      "\(order.count == 1 ? "operator" : "\(order.count) operators,") \(list.joined(separator: ", "))\(rest), \(order.count == 1 ? "is" : "are") not supported; \(advice(order))"
    )
  }

  private static func advice(_ names: [String]) -> String {
    if names.contains(where: { $0 == "While" || $0 == "StatelessWhile" || $0.hasPrefix("TensorList") }) {
      return "recurrent layers are loops in a SavedModel, so give the .keras or .h5 file of the model instead"
    }
    if names.contains(where: { $0.contains("HashTable") || $0.contains("String") || $0.contains("Lookup") }) {
      return "leave preprocessing of text out of the exported model"
    }
    if names.contains(where: { ["Switch", "Merge", "Enter", "Exit", "If", "StatelessIf"].contains($0) }) {
      return "export the model for inference only, without control flow"
    }
    if names.contains(where: { $0.hasPrefix("FakeQuant") || $0.hasPrefix("Quantize") }) {
      return "Pith quantizes by itself, so give it the float model"
    }
    return "express the network without, or give the .keras file or an ONNX file of it"
  }
}
