import PithGraph

/// Attention of several heads, of a sequence to itself or to another.
///
/// Vaswani et al., "Attention Is All You Need", 2017.
enum KerasMultiHeadAttention: KerasReader {
  static let classNames = ["MultiHeadAttention"]
  static let argumentNames: Set<String> = ["query", "value", "key"]

  static func structure(of layer: KerasLayer, depth: Int) throws -> KerasStructure {
    let bias = try layer.flag("use_bias", default: true)
    var variables: [KerasVariable] = []
    for part in ["query", "key", "value", "output"] {
      let names = bias ? ["kernel", "bias"] : ["kernel"]
      for (index, name) in names.enumerated() {
        // Keras 2 has an underscore before the attribute's name.
        variables.append(
          KerasVariable(
            name: "\(part).\(name)", paths: ["\(part)_dense/vars/\(index)", "_\(part)_dense/vars/\(index)"]))
      }
    }
    return KerasStructure(variables: variables)
  }

  static func read(_ call: KerasCall) throws -> [ValueID] {
    let layer = call.layer
    var operands = call.inputs
    for name in ["query", "value", "key"] { operands += call.arguments[name]?.values ?? [] }
    guard (2...3).contains(operands.count) else {
      throw GraphError("it has \(operands.count) operands, but takes a query, a value and perhaps a key")
    }
    operands = try operands.map { try call.float($0) }
    for operand in operands { try call.check(rank: 3, operand) }
    // `attention_axes` names the sequence, as ever; other axes there are none.
    if let axes = try layer.ints("attention_axes"), axes != [1], axes != [-2] {
      throw GraphError("attention over axes \(axes) is not supported")
    }
    if layer.value("attention_mask") != nil { throw GraphError("an attention mask is not supported") }
    let heads = try layer.size("num_heads")
    let keySize = try layer.size("key_dim")
    let valueSize = try layer.int("value_dim") ?? keySize
    let (query, value) = (operands[0], operands[1])
    let key = operands.count > 2 ? operands[2] : value

    let q = try projected(call, query, "query", heads, keySize, [0, 2, 1, 3])
    let k = try projected(call, key, "key", heads, keySize, [0, 2, 3, 1])
    let v = try projected(call, value, "value", heads, valueSize, [0, 2, 1, 3])
    let scaled = try call.add(Mul(), [q, call.scalar("scale", 1 / Float(keySize).squareRoot())], "scaled")
    var scores = try call.add(MatMul(), [scaled, k], "scores")
    if call.arguments["use_causal_mask"]?.json?.bool == true {
      scores = try call.add(Add(), [scores, try causalMask(call, query, key)], "masked")
    }
    let weights = try call.add(Softmax(axis: -1), [scores], "weights")
    let context = try call.add(MatMul(), [weights, v], "context")
    let rows = try call.reshape(
      try call.transpose(context, [0, 2, 1, 3], "rows"), [0, 0, heads * valueSize], "joined")
    let shape = try layer.ints("output_shape") ?? [try call.size(query, 2)]
    guard shape.count == 1 else { throw GraphError("an output_shape of several axes is not supported") }
    let kernel = try call.constant("output.kernel") {
      try layer.array("output.kernel", [heads, valueSize, shape[0]]).reshaped([heads * valueSize, shape[0]])
    }
    var y = try call.add(MatMul(), [rows, kernel])
    if try layer.flag("use_bias", default: true) {
      y = try call.add(
        Add(), [y, try call.constant("output.bias") { try layer.array("output.bias", shape) }], "bias")
    }
    if call.arguments["return_attention_scores"]?.json?.bool == true { return [y, weights] }
    return [y]
  }

  /// The projection of a sequence `[N, T, D]` onto heads, `[N, T, heads, size]` in another order.
  private static func projected(
    _ call: KerasCall, _ x: ValueID, _ part: String, _ heads: Int, _ size: Int, _ order: [Int]
  ) throws -> ValueID {
    let (width, overflow) = heads.multipliedReportingOverflow(by: size)
    guard !overflow, width < 1 << 31 else { throw GraphError("its heads are too large") }
    let kernel = try call.constant("\(part).kernel") {
      let inputs = try call.size(x, 2)
      return try call.layer.array("\(part).kernel", [inputs, heads, size]).reshaped([inputs, width])
    }
    var y = try call.add(MatMul(), [x, kernel], part)
    if try call.layer.flag("use_bias", default: true) {
      let bias = try call.constant("\(part).bias") {
        try call.layer.array("\(part).bias", [heads, size]).reshaped([width])
      }
      y = try call.add(Add(), [y, bias], "\(part).bias")
    }
    return try call.transpose(
      try call.reshape(y, [0, 0, heads, size], "\(part).heads"), order, "\(part).turned")
  }

  /// What keeps a step from looking at later ones: 0 where it may, a large negative number where not.
  static func causalMask(_ call: KerasCall, _ query: ValueID, _ key: ValueID) throws -> ValueID {
    let (rows, columns) = (try call.size(query, 1), try call.size(key, 1))
    let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard !overflow, call.builder.mayFill(count) else {
      throw GraphError("a mask of \(rows) × \(columns) is too large")
    }
    return call.constant("causal") {
      var mask = [Float](repeating: 0, count: count)
      for row in 0..<rows {
        for column in 0..<columns where column > row { mask[row * columns + column] = -1e9 }
      }
      return Tensor(shape: [rows, columns], floats: mask)
    }
  }
}

/// Attention without projections, by products or by sums.
///
/// Luong et al., "Effective Approaches to Attention-based Neural Machine Translation", 2015.
enum KerasAttention: KerasReader {
  static let classNames = ["Attention"]

  static func structure(of layer: KerasLayer, depth: Int) throws -> KerasStructure {
    KerasStructure(variables: try layer.flag("use_scale") ? [.init(name: "scale")] : [])
  }

  static func read(_ call: KerasCall) throws -> [ValueID] {
    guard try call.layer.string("score_mode") ?? "dot" == "dot" else {
      throw GraphError("its score_mode is not supported; use 'dot'")
    }
    guard (2...3).contains(call.inputs.count) else {
      throw GraphError("it has \(call.inputs.count) operands, but takes a query, a value and perhaps a key")
    }
    let operands = try call.inputs.map { try call.float($0) }
    for operand in operands { try call.check(rank: 3, operand) }
    let key = operands.count > 2 ? operands[2] : operands[1]
    var scores = try call.add(MatMul(), [operands[0], try call.transpose(key, [0, 2, 1], "key")], "scores")
    if try call.layer.flag("use_scale") {
      scores = try call.add(
        Mul(), [scores, try call.constant("scale") { try call.layer.array("scale", []) }], "scaled")
    }
    if call.arguments["use_causal_mask"]?.json?.bool == true {
      scores = try call.add(
        Add(), [scores, try KerasMultiHeadAttention.causalMask(call, operands[0], key)], "masked")
    }
    let weights = try call.add(Softmax(axis: -1), [scores], "weights")
    let y = try call.add(MatMul(), [weights, operands[1]])
    if call.arguments["return_attention_scores"]?.json?.bool == true { return [y, weights] }
    return [y]
  }
}
