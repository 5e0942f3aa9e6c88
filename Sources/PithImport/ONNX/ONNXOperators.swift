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
    Abs.self, Acos.self, Acosh.self, Add.self, And.self, ArgMax.self, ArgMin.self, Asin.self,
    Asinh.self, Atan.self, Atanh.self, AveragePool.self, BatchNormalization.self, BitShift.self,
    BitwiseAnd.self, BitwiseNot.self, BitwiseOr.self, BitwiseXor.self, ONNXBlackmanWindow.self,
    Cast.self, ONNXCastLike.self, Ceil.self, Celu.self, Clip.self, Compress.self, Concat.self,
    Constant.self, ONNXConstantOfShape.self, Conv.self, ConvInteger.self, ConvTranspose.self, Cos.self,
    Cosh.self, CumSum.self, DepthToSpace.self, DequantizeLinear.self, Det.self, Div.self, Dropout.self,
    ONNXDynamicQuantizeLinear.self, ONNXEinsum.self, Elu.self, Equal.self, Erf.self, Exp.self, Expand.self,
    ONNXEyeLike.self, Flatten.self, Floor.self, Gather.self, GatherElements.self, GatherND.self,
    Gelu.self, Gemm.self, GlobalAveragePool.self, ONNXGlobalLpPool.self, GlobalMaxPool.self,
    Greater.self, GreaterOrEqual.self, GridSample.self, GroupNormalization.self, GRU.self,
    ONNXHammingWindow.self, ONNXHannWindow.self, Hardmax.self, HardSigmoid.self, HardSwish.self,
    Identity.self, ONNXIf.self, ONNXInstanceNormalization.self, IsInf.self, IsNaN.self,
    LayerNormalization.self, LeakyRelu.self, Less.self, LessOrEqual.self, Log.self, LogSoftmax.self,
    ONNXLpNormalization.self, LpPool.self, LRN.self, LSTM.self, MatMul.self, MatMulInteger.self,
    Max.self, MaxPool.self, MaxUnpool.self, ONNXMean.self, ONNXMeanVarianceNormalization.self, Min.self,
    Mish.self, Mod.self, Mul.self, Neg.self, ONNXNegativeLogLikelihoodLoss.self, NonZero.self, Not.self,
    NumberRange.self, OneHot.self, Or.self, Pad.self, Pow.self, PRelu.self, ONNXQLinearConv.self,
    ONNXQLinearMatMul.self, QuantizeLinear.self, Reciprocal.self, ReduceL1.self, ReduceL2.self,
    ReduceLogSum.self, ReduceLogSumExp.self, ReduceMax.self, ReduceMean.self, ReduceMin.self,
    ReduceProd.self, ReduceSum.self, ReduceSumSquare.self, Relu.self, Reshape.self, Resize.self,
    ReverseSequence.self, ONNXRMSNormalization.self, RNN.self, RoiAlign.self, Round.self,
    ONNXScatter.self, ScatterElements.self, ScatterND.self, Selu.self, ShapeOf.self, Shrink.self,
    Sigmoid.self, Sign.self, Sin.self, Sinh.self, ONNXSize.self, Slice.self, Softmax.self,
    ONNXSoftmaxCrossEntropyLoss.self, Softplus.self, Softsign.self, SpaceToDepth.self, Split.self,
    Sqrt.self, Squeeze.self, Sub.self, ONNXSum.self, Swish.self, Tan.self, Tanh.self,
    ThresholdedRelu.self, Tile.self, TopK.self, Transpose.self, Trilu.self, Unsqueeze.self,
    ONNXUpsample.self, Where.self, Xor.self,
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
