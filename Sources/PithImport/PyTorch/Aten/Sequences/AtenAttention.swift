import PithGraph

/// softmax(scale · Q · Kᵀ + mask) · V.
///
/// Vaswani et al., "Attention Is All You Need", 2017.
enum AtenAttention: AtenReader {
  static let targets = [
    "scaled_dot_product_attention.default", "_scaled_dot_product_flash_attention_for_cpu.default",
    "_scaled_dot_product_attention_math.default",
  ]

  static func read(_ call: AtenCall) throws {
    let (q, k, v) = (try call.tensor("query"), try call.tensor("key"), try call.tensor("value"))
    let mask = try call.optionalTensor("attn_mask")
    let isCausal = try call.bool("is_causal")
    let scale = try call.float("scale")
    guard try call.float("dropout_p") ?? 0 == 0 else {
      throw GraphError("it drops elements at random; export the model in evaluation mode: model.eval()")
    }
    guard try !call.bool("enable_gqa") else {
      throw GraphError("enable_gqa is not supported; repeat the keys and values for each group of heads")
    }
    call.ignore("dropout_mask")
    try call.checkUnused(1, "the sums of an attention")
    let weights = try call.attentionWeights(q, k, scale: scale, mask: mask, isCausal: isCausal)
    try call.result(MatMul(), [weights, v])
  }
}

extension AtenCall {
  /// softmax(scale · Q · Kᵀ + mask) of `[…, L, E]` and `[…, S, E]`.
  /// - Parameters:
  ///   - scale: nil for 1 / √E.
  ///   - mask: what is added, or where true what is kept.
  func attentionWeights(
    _ q: ValueID, _ k: ValueID, scale: Double?, mask: ValueID?, isCausal: Bool
  ) throws -> ValueID {
    let rank = try rank(q)
    guard rank >= 2, try self.rank(k) == rank else { throw GraphError("its operands differ in their axes") }
    let width = try knownSize(rank - 1, of: q)
    let factor = scale ?? 1 / Double(max(1, width)).squareRoot()
    let order = Array(0..<(rank - 2)) + [rank - 1, rank - 2]
    let keys = try transposed(k, order, "keys")
    var scores = try add(MatMul(), [q, keys], "scores")
    if factor != 1 { scores = try add(Mul(), [scores, scalar(factor, .float32, "scale")], "scaled") }
    if isCausal {
      guard mask == nil else { throw GraphError("it has a mask and is causal besides") }
      let (rows, columns) = (try knownSize(rank - 2, of: q), try knownSize(rank - 2, of: k))
      guard let count = Shape.elementCount([rows, columns]), builder.mayFill(count) else {
        throw GraphError("a mask of \(rows)×\(columns) is too large")
      }
      let flags = (0..<count).map { $0 % columns <= $0 / columns }
      scores = try add(Add(), [scores, additive(flags, [rows, columns])], "masked")
    } else if let mask {
      scores = try masked(scores, mask)
    }
    return try add(Softmax(axis: rank - 1), [scores], "weights")
  }

  private func masked(_ scores: ValueID, _ mask: ValueID) throws -> ValueID {
    guard try builder.type(mask).element == .bool else { return try add(Add(), [scores, mask], "masked") }
    if let tensor = builder.graph[mask].constant, case .bool(let flags) = tensor.storage {
      return try add(Add(), [scores, additive(flags, tensor.shape)], "masked")
    }
    return try add(Where(), [mask, scores, scalar(AtenCall.masking, .float32, "never")], "masked")
  }

  /// Added to a score it makes its weight 0. An infinity would leave no finite range to quantize.
  static let masking = -1e9

  private func additive(_ flags: [Bool], _ shape: [Int]) -> ValueID {
    constant(Tensor(shape: shape, floats: flags.map { $0 ? 0 : Float(AtenCall.masking) }), "mask")
  }
}
