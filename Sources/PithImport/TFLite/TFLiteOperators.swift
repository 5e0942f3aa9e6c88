import PithGraph

/// Something that knows how to translate one or more types of TFLite operators.
protocol TFLiteReader: SendableMetatype {
  /// TFLite's names of the operators.
  static var opTypes: [String] { get }

  /// Adds what the node computes to the graph.
  /// - Throws: `GraphError` where the node is illegal or beyond what Pith does.
  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws
}

enum TFLiteOperators {
  /// Every operator that is understood, by TFLite's name.
  static let readers: [String: any TFLiteReader.Type] = Dictionary(
    all.flatMap { reader in reader.opTypes.map { ($0, reader) } }, uniquingKeysWith: { first, _ in first })

  private static let all: [any TFLiteReader.Type] = [
    TFLiteConvolution.self, TFLiteFullyConnected.self, TFLitePool.self, TFLiteArithmetic.self,
    TFLiteActivation.self, TFLiteSoftmax.self, TFLiteReshape.self, TFLiteTranspose.self,
    TFLiteConcatenation.self, TFLiteSplit.self, TFLitePack.self, TFLiteUnpack.self, TFLiteSlice.self,
    TFLiteStridedSlice.self, TFLiteGather.self, TFLitePad.self, TFLiteReduction.self,
    TFLiteQuantize.self, TFLiteShape.self, TFLiteCast.self, TFLiteUnary.self, TFLiteBinary.self,
    TFLiteSelect.self, TFLiteArgExtreme.self, TFLiteTopK.self, TFLiteResize.self, TFLiteTransposeConv.self,
    TFLiteBatchMatMul.self, TFLiteRearrangement.self, TFLiteOneHot.self, TFLiteCumSum.self,
    TFLiteRecurrent.self,
  ]

  /// Says everything that is not supported at once, so that it need not be found out one by one.
  /// - Throws: `ImportError` naming each operator with one of its nodes.
  static func check(_ nodes: [TFLiteNode]) throws {
    var order: [String] = []
    var found: [String: [TFLiteNode]] = [:]
    for node in nodes where node.isCustom || readers[node.opType] == nil {
      let name = node.isCustom ? "custom operator '\(node.opType.printable())'" : node.opType.printable()
      if found[name] == nil { order.append(name) }
      found[name, default: []].append(node)
    }
    guard let first = order.first, let culprit = found[first]?.first else { return }
    if order.count == 1 {
      let others = (found[first]?.count ?? 1) - 1
      let what = culprit.isCustom ? first : "operator \(first)"
      throw ImportError(
        file: "", node: culprit.label,
        "\(what)\(others > 0 ? " (and \(others) more of it)" : "") is not supported; \(advice(order))")
    }
    let list = order.prefix(20).map { name -> String in
      let nodes = found[name] ?? []
      let place = nodes.first.map { "'\($0.name.printable())'" } ?? ""
      return "\(name) (\(nodes.count > 1 ? "\(nodes.count) nodes, first " : "node ")\(place))"
    }
    let rest = order.count > 20 ? " and \(order.count - 20) more" : ""
    throw ImportError(
      file: "",
      "\(order.count) operators are not supported: \(list.joined(separator: ", "))\(rest); \(advice(order))")
  }

  private static func advice(_ names: [String]) -> String {
    if names.contains("WHILE") {
      return
        "recurrent layers are loops in this file, so give the .keras or .h5 file of the model instead, or convert it with unroll=True in these layers"
    }
    if names.contains(where: { ["IF", "CALL", "CALL_ONCE"].contains($0) }) {
      return "convert the model without control flow"
    }
    if names.contains(where: { $0.hasPrefix("custom") }) {
      return "convert the model with TFLITE_BUILTINS only"
    }
    return "express the network without"
  }
}
