import PithGraph

/// Multi-head attention as one call, as `nn.MultiheadAttention` makes it without gradients: projection, attention, projection.
enum AtenNativeAttention: AtenReader {
  static let targets = ["_native_multi_head_attention.default"]

  static func read(_ call: AtenCall) throws {
    let arguments = call.node.inputs
    func name(_ argument: String) -> String? {
      guard case .tensor(let name)? = arguments.first(where: { $0.name == argument })?.arg else { return nil }
      return name
    }
    guard let query = name("query"), name("key") == query, name("value") == query else {
      throw GraphError(
        "query, key and value differ, which is not supported here; export the model with gradients enabled")
    }
    let x = try call.tensor("query")
    call.ignore("key", "value")
    let attention = try SelfAttention(call)
    let mask = try call.optionalTensor("mask")
    call.ignore("mask_type", "average_attn_weights", "need_weights")
    try call.checkUnused(1, "the weights of an attention")
    try call.result(try attention.value(x, mask: mask, call))
  }
}

/// A layer of a transformer's encoder as one call, as `nn.TransformerEncoderLayer` makes it without gradients.
enum AtenEncoderLayer: AtenReader {
  static let targets = ["_transformer_encoder_layer_fwd.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.tensor("src")
    let attention = try SelfAttention(call)
    let usesGelu = try call.bool("use_gelu")
    let normalizesFirst = try call.bool("norm_first")
    let epsilon = Float(try call.float("eps") ?? 1e-5)
    let norms = try (1...2).map { (try call.tensor("norm_weight_\($0)"), try call.tensor("norm_bias_\($0)")) }
    let forward = try (1...2).map { (try call.tensor("ffn_weight_\($0)"), try call.tensor("ffn_bias_\($0)")) }
    let mask = try call.optionalTensor("mask")
    call.ignore("mask_type")
    func norm(_ index: Int, _ value: ValueID) throws -> ValueID {
      try call.add(
        LayerNormalization(axis: -1, epsilon: epsilon), [value, norms[index].0, norms[index].1],
        "norm\(index + 1)")
    }
    func feed(_ value: ValueID) throws -> ValueID {
      let hidden = try call.linearValue(value, forward[0].0, forward[0].1, "hidden")
      let active = try call.add(usesGelu ? Gelu() : Relu(), [hidden], "active")
      return try call.linearValue(active, forward[1].0, forward[1].1, "feed")
    }
    if normalizesFirst {
      let inner = try call.add(Add(), [x, try attention.value(try norm(0, x), mask: mask, call)], "attended")
      try call.result(Add(), [inner, try feed(try norm(1, inner))])
    } else {
      let inner = try norm(0, try call.add(Add(), [x, try attention.value(x, mask: mask, call)], "attended"))
      try call.result(try norm(1, try call.add(Add(), [inner, try feed(inner)], "fed")))
    }
  }
}

/// The attention of a sequence `[N, S, E]` to itself, its projections in one matrix.
struct SelfAttention {
  private let width: Int
  private let heads: Int
  private let inner: (weights: ValueID, bias: ValueID?)
  private let outer: (weights: ValueID, bias: ValueID?)

  init(_ call: AtenCall) throws {
    width = try call.int("embed_dim") ?? 0
    heads = try call.int(call.name == "_native_multi_head_attention" ? "num_head" : "num_heads") ?? 0
    guard heads > 0, width > 0, width % heads == 0 else {
      throw GraphError("\(width) numbers cannot be split into \(heads) heads")
    }
    inner = (try call.tensor("qkv_weight"), try call.optionalTensor("qkv_bias"))
    outer = (try call.tensor("proj_weight"), try call.optionalTensor("proj_bias"))
  }

  /// - Parameter mask: true where a key is not to be seen.
  func value(_ x: ValueID, mask: ValueID?, _ call: AtenCall) throws -> ValueID {
    let sizes = try call.dimensions(x)
    guard sizes.count == 3 else { throw GraphError("its input must be [N, S, E]") }
    let projected = try call.linearValue(x, inner.weights, inner.bias, "projected")
    let parts = try call.add(
      Split(axis: 2, partCount: 3), [projected, call.constant([width, width, width], "thirds")], "parts",
      count: 3)
    let split = [sizes[0], sizes[1], .fixed(heads), .fixed(width / heads)]
    let (q, k, v) = (
      try head(parts[0], split, call, "q"), try head(parts[1], split, call, "k"),
      try head(parts[2], split, call, "v")
    )
    var kept: ValueID?
    if let mask {
      kept =
        try call.builder.type(mask).element == .bool ? try call.add(Not(), [mask], "kept") : mask
      if let id = kept, try call.rank(id) == 2, let rows = try call.dimensions(id).first, rows == sizes[0],
        rows != sizes[1]
      {
        // One row of keys for each sample.
        kept = try call.add(Unsqueeze(), [id, call.constant([1, 2], "kept.axes")], "kept.rows")
      }
    }
    let weights = try call.attentionWeights(q, k, scale: nil, mask: kept, isCausal: false)
    let mixed = try call.transposed(try call.add(MatMul(), [weights, v], "mixed"), [0, 2, 1, 3], "moved")
    return try call.linearValue(
      try call.reshaped(mixed, to: sizes, "joined"), outer.weights, outer.bias, "attention")
  }

  private func head(_ part: ValueID, _ sizes: [Dimension], _ call: AtenCall, _ suffix: String) throws
    -> ValueID
  {
    try call.transposed(try call.reshaped(part, to: sizes, "\(suffix).heads"), [0, 2, 1, 3], suffix)
  }
}
