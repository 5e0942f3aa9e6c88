import PithGraph

/// Something that knows how to translate one type of ONNX node.
protocol ONNXReader: SendableMetatype {
  /// ONNX's name of the operator (`NodeProto.op_type`).
  static var opType: String { get }

  /// Adds what the node computes to the graph.
  /// - Throws: `GraphError` where the node is illegal or beyond what Pith does.
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws
}

/// An operator of the graph that ONNX has too.
protocol ONNXReadable: ONNXReader, Operator {}

extension ONNXReadable {
  static var opType: String { name }
}

enum ONNXOperators {
  /// Every operator that is understood, by ONNX's name.
  static let readers: [String: any ONNXReader.Type] = Dictionary(
    all.map { ($0.opType, $0) }, uniquingKeysWith: { first, _ in first })

  private static let all: [any ONNXReader.Type] = [
    Add.self, AveragePool.self, BatchNormalization.self, Cast.self, Clip.self, Concat.self, Constant.self,
    ONNXConstantOfShape.self, Conv.self, Div.self, Dropout.self, Flatten.self, Gather.self, Gemm.self,
    GlobalAveragePool.self, GlobalMaxPool.self, HardSigmoid.self, HardSwish.self, Identity.self,
    LeakyRelu.self,
    MatMul.self, MaxPool.self, Mul.self, Pad.self, ReduceMean.self, Relu.self, Reshape.self, ShapeOf.self,
    Sigmoid.self, Slice.self, Softmax.self, Split.self, Squeeze.self, Sub.self, ONNXSum.self, Tanh.self,
    Transpose.self,
    Unsqueeze.self,
  ]

  /// Says everything that is not supported at once, so that it need not be found out one by one.
  /// - Throws: `ImportError` naming each operator with one of its nodes.
  static func check(_ nodes: [ONNXNode], _ functions: [ONNXFunction.Key: ONNXFunction]) throws {
    var order: [String] = []
    var found: [String: [ONNXNode]] = [:]
    for node in nodes
    where !ONNXNode.isDefault(domain: node.domain) && functions[node.functionKey] == nil
      || ONNXNode.isDefault(domain: node.domain) && readers[node.opType] == nil
    {
      let name = ONNXNode.isDefault(domain: node.domain) ? node.opType : "\(node.domain).\(node.opType)"
      if found[name] == nil { order.append(name) }
      found[name, default: []].append(node)
    }
    guard let first = order.first, let culprit = found[first]?.first else { return }
    let advice = advice(order)
    if order.count == 1 {
      let others = (found[first]?.count ?? 1) - 1
      throw ImportError(
        file: "", node: culprit.label,
        "operator \(first.printable())\(others > 0 ? " (and \(others) more of it)" : "") is not supported; \(advice)"
      )
    }
    let list = order.prefix(20).map { name -> String in
      let nodes = found[name] ?? []
      let place = nodes.first.map { $0.label.split(separator: " (").first.map(String.init) ?? "" } ?? ""
      return "\(name.printable()) (\(nodes.count > 1 ? "\(nodes.count) nodes, first " : "node ")\(place))"
    }
    let rest = order.count > 20 ? " and \(order.count - 20) more" : ""
    throw ImportError(
      file: "",
      "\(order.count) operators are not supported: \(list.joined(separator: ", "))\(rest); \(advice)")
  }

  private static func advice(_ names: [String]) -> String {
    if names.contains(where: { ["Loop", "Scan"].contains($0) }) {
      return "export the model without control flow, or fold it away with onnxsim"
    }
    if names.contains(where: { $0.contains(".") }) {
      return "export the model with standard ONNX operators only, its functions inlined"
    }
    return "express the network without, or simplify it with onnxsim first"
  }
}
