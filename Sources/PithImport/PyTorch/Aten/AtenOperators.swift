import PithGraph

/// Something that knows how to translate calls of aten operators.
protocol AtenReader: SendableMetatype {
  /// The operators with their overloads, as `conv2d.default`.
  static var targets: [String] { get }

  /// Adds what the call computes to the graph.
  /// - Throws: `GraphError` where the call is illegal or beyond what Pith does.
  static func read(_ call: AtenCall) throws
}

enum AtenOperators {
  /// Every operator that is understood, by its name with the overload, as `add.Tensor`. In-place forms (`add_.Tensor`) are
  /// understood where the plain ones are.
  static let readers: [String: any AtenReader.Type] = {
    var result: [String: any AtenReader.Type] = [:]
    for reader in all { for target in reader.targets { result[target] = reader } }
    return result
  }()

  private static let all: [any AtenReader.Type] = [
    AtenPointwise.self, AtenComposed.self, AtenGelu.self, AtenElu.self, AtenLeakyRelu.self, AtenSoftplus.self,
    AtenClamp.self, AtenGlu.self, AtenShrink.self, AtenPRelu.self, AtenSoftmax.self, AtenAdd.self,
    AtenMultiply.self,
    AtenPower.self, AtenRemainder.self, AtenExtremes.self, AtenLerp.self, AtenComparison.self, AtenLogic.self,
    AtenBitwise.self, AtenWhere.self, AtenMaskedFill.self, AtenAnyAll.self, AtenReduction.self,
    AtenVariance.self,
    AtenNorm.self, AtenExtremum.self, AtenArgExtreme.self, AtenCumSum.self, AtenTopK.self, AtenLinear.self,
    AtenMatrixProduct.self, AtenAddMatrixProduct.self, AtenEinsum.self, AtenTensorDot.self,
    AtenConvolution.self,
    AtenConvTranspose.self, AtenBatchNorm.self, AtenLayerNorm.self, AtenGroupNorm.self, AtenInstanceNorm.self,
    AtenRMSNorm.self, AtenMaxPool.self, AtenAveragePool.self, AtenAdaptivePool.self, AtenUpsample.self,
    AtenPixelShuffle.self, AtenChannelShuffle.self, AtenPad.self, AtenIdentity.self, AtenCast.self,
    AtenView.self,
    AtenFlatten.self, AtenSqueeze.self, AtenUnsqueeze.self, AtenPermute.self, AtenTranspose.self,
    AtenMoveAxes.self,
    AtenConcat.self, AtenStack.self, AtenSplit.self, AtenUnbind.self, AtenSelect.self, AtenSlice.self,
    AtenIndex.self,
    AtenGather.self, AtenSliceScatter.self, AtenEmbedding.self, AtenExpand.self, AtenRepeat.self,
    AtenRepeatInterleave.self,
    AtenFlip.self,
    AtenRoll.self, AtenTriangle.self, AtenFill.self, AtenRange.self, AtenEye.self, AtenAttention.self,
    AtenNativeAttention.self, AtenEncoderLayer.self, AtenRecurrent.self, AtenLSTM.self, AtenNoEffect.self,
  ]

  /// Operators whose result shares memory with their first argument, so that what is done to one in place is seen in the
  /// other.
  static let views: Set = [
    "alias", "broadcast_to", "chunk", "contiguous", "detach", "detach_", "diagonal", "dropout", "expand",
    "expand_as",
    "feature_dropout", "flatten", "alpha_dropout", "lift_fresh", "movedim", "moveaxis", "mT", "narrow",
    "numpy_T",
    "permute", "reshape", "select", "slice", "split", "split_with_sizes", "squeeze", "swapaxes", "swapdims",
    "t", "to",
    "transpose", "type_as", "unbind", "unflatten", "unsafe_split", "unsqueeze", "view", "view_as",
    "_unsafe_view", "T",
  ]

  /// The reader of a call, and whether the call changes its first argument in place.
  static func reader(of target: String) -> (reader: any AtenReader.Type, plain: String, isInPlace: Bool)? {
    if let reader = readers[target] { return (reader, target, false) }
    // relu_.default is relu.default in place.
    let parts = target.split(separator: ".", maxSplits: 1)
    guard parts.count == 2, parts[0].hasSuffix("_"), !parts[0].hasSuffix("__") else { return nil }
    let plain = "\(parts[0].dropLast()).\(parts[1])"
    return readers[plain].map { ($0, plain, true) }
  }

  /// The operator that a node's target names, nil where it is none of aten's.
  static func aten(_ target: String) -> String? {
    let prefix = "torch.ops.aten."
    return target.hasPrefix(prefix) ? String(target.dropFirst(prefix.count)) : nil
  }

  /// Whether a target is arithmetic on sizes, whose result the program notes beside.
  static func isSizeArithmetic(_ target: String) -> Bool {
    let prefixes = ["_operator.", "math.", "torch.sym_", "torch.ops.aten.sym_"]
    return prefixes.contains { target.hasPrefix($0) }
  }

  /// Says everything that is not supported at once, so that it need not be found out one by one.
  /// - Throws: `ImportError` naming each operator with one of its calls.
  static func check(_ nodes: [ExportedProgram.Call]) throws {
    var order: [String] = []
    var found: [String: (count: Int, first: String)] = [:]
    for node in nodes where !isSizeArithmetic(node.target) {
      if let name = aten(node.target), reader(of: name) != nil { continue }
      let name = node.target.hasPrefix("torch.ops.") ? String(node.target.dropFirst(10)) : node.target
      if found[name] == nil { order.append(name) }
      found[name, default: (0, node.outputs.flatMap(\.names).first ?? name)].count += 1
    }
    guard !order.isEmpty else { return }
    let list = order.prefix(20).map { name -> String in
      guard let (count, first) = found[name] else { return name.printable() }
      let place = first.printable()
      return "\(name.printable()) (\(count > 1 ? "\(count) calls, first " : "call ")'\(place)')"
    }
    let rest = order.count > 20 ? " and \(order.count - 20) more" : ""
    let subject = order.count == 1 ? "operator" : "\(order.count) operators"
    throw ImportError(
      file: "",
      "\(subject) \(order.count == 1 ? "" : "are not supported: ")\(list.joined(separator: ", "))\(rest)\(order.count == 1 ? " is not supported" : ""); \(advice(order))"
    )
  }

  private static func advice(_ names: [String]) -> String {
    if names.contains(where: { $0.hasPrefix("higher_order") }) {
      return "export the model without control flow"
    }
    if names.contains(where: { $0.contains("quantize") }) {
      return "Pith quantizes by itself, so give it the float model"
    }
    if names.contains(where: { !$0.hasPrefix("aten.") }) {
      return "express the network with PyTorch's own operators"
    }
    return
      "try torch.export.export(…).run_decompositions() before torch.export.save, or express the network without"
  }
}
