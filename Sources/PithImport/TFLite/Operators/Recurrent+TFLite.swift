import PithGraph

/// UNIDIRECTIONAL_SEQUENCE_RNN and _LSTM, and BIDIRECTIONAL_SEQUENCE_RNN and _LSTM, which start from a state of zeros.
///
/// Cells are computed on reals, also where the file has their weights or values in bytes: LiteRT keeps an LSTM's state in
/// 16 bits then, and rounds gates in a way of its own.
enum TFLiteRecurrent: TFLiteReader {
  static let opTypes = [
    "UNIDIRECTIONAL_SEQUENCE_RNN", "UNIDIRECTIONAL_SEQUENCE_LSTM", "BIDIRECTIONAL_SEQUENCE_RNN",
    "BIDIRECTIONAL_SEQUENCE_LSTM",
  ]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    let isBoth = node.opType.hasPrefix("BI")
    if node.opType.hasSuffix("LSTM") {
      try readLSTM(node, builder, isBoth: isBoth)
    } else {
      try readRNN(node, builder, isBoth: isBoth)
    }
  }

  // MARK: Long short-term memory

  private static func readLSTM(_ node: TFLiteNode, _ builder: TFLiteGraphBuilder, isBoth: Bool) throws {
    let options = try node.options(isBoth ? .bidirectionalSequenceLSTM : .unidirectionalSequenceLSTM)
    if isBoth {
      try refuse("a second input", at: 39, node, builder)
    } else {
      for index in 20...23 { try refuse("layer normalization", at: index, node, builder) }
    }
    // Clipping of the cell's state has no counterpart; converters write 10, which states do not reach.
    let clip = try options?.float(1) ?? 0
    guard clip == 0 || clip >= 10 else {
      throw GraphError("it clips the cell's state at \(clip), which is not supported")
    }
    let cells = try (isBoth ? [1, 18] : [1]).map { try LSTMCell(node, builder, first: $0) }
    guard cells.allSatisfy({ $0.hidden == cells[0].hidden }) else {
      throw GraphError("its two directions differ in units, which is not supported")
    }
    let function = try activation(Int(try options?.number(0, Int8(0)) ?? 0))
    let functions: [RecurrentActivation] = function == .tanh ? [] : [.sigmoid, function, function]
    let hidden = cells[0].hidden
    let op = LSTM(
      hiddenSize: hidden, direction: isBoth ? .bidirectional : .forward,
      activations: functions + (isBoth ? functions : []))
    let isTimeMajor =
      try isBoth ? options?.bool(4, default: true) ?? true : options?.bool(3) ?? false
    var inputs: [ValueID?] = [
      try sequence(node, builder, isTimeMajor: isTimeMajor),
      builder.constant(node, "W", try stacked(cells.map(\.weights))),
      builder.constant(node, "R", try stacked(cells.map(\.recurrent))),
      builder.constant(
        node, "B",
        try stacked(
          cells.map {
            Tensor(shape: [8 * hidden], floats: $0.bias + Array(repeating: 0, count: 4 * hidden))
          })),
    ]
    if cells.contains(where: { $0.peepholes != nil }) {
      let zeros = [Float](repeating: 0, count: 3 * hidden)
      let all = cells.map { Tensor(shape: [3 * hidden], floats: $0.peepholes ?? zeros) }
      inputs += [nil, nil, nil, builder.constant(node, "P", try stacked(all))]
    }
    let merges = try isBoth ? options?.bool(3) ?? false : false
    try finish(op, inputs, node, builder, outputs: 3, isTimeMajor: isTimeMajor, isBoth: isBoth, merges)
  }

  /// The arrays of one direction, gates in the graph's order.
  private struct LSTMCell {
    var weights: Tensor
    var recurrent: Tensor
    var bias: [Float]
    var peepholes: [Float]?
    var hidden: Int { recurrent.shape[1] }

    /// Of the operands, which go input, forget, cell, output.
    private static let gates = [0, 3, 1, 2]

    /// Without weights of its own the input gate is what the forget gate leaves: 1 − σ(z) = σ(−z).
    /// - Parameter first: the operand of the input gate's weights; the others follow.
    init(_ node: TFLiteNode, _ builder: TFLiteGraphBuilder, first: Int) throws {
      try refuse("a projection", at: first + 15, node, builder)
      let couples = builder.tensor(node, first) == nil
      func joined(_ offset: Int) throws -> Tensor? {
        var parts = try Self.gates.map { try builder.constant(node, first + offset + $0) }
        if couples { parts[0] = negative(parts[2]) }
        guard let known = parts.last ?? nil, known.rank > 0 else { return nil }
        guard parts.allSatisfy({ $0 == nil || ($0?.shape == known.shape && $0?.floats != nil) }) else {
          throw GraphError("the weights of its gates differ in shape")
        }
        let floats = parts.flatMap { $0?.floats ?? Array(repeating: 0, count: known.count) }
        return Tensor(shape: [4 * known.shape[0]] + known.shape.dropFirst(), floats: floats)
      }
      guard let weights = try joined(0), let recurrent = try joined(4), weights.rank == 2,
        recurrent.rank == 2,
        recurrent.shape[0] == 4 * recurrent.shape[1], weights.shape[0] == recurrent.shape[0]
      else { throw GraphError("its weights must be constant matrices, as many rows as units") }
      (self.weights, self.recurrent) = (weights, recurrent)
      let hidden = recurrent.shape[1]
      bias = try joined(11)?.floats ?? Array(repeating: 0, count: 4 * hidden)
      guard bias.count == 4 * hidden else { throw GraphError("its biases do not fit \(hidden) units") }
      var own = try [8, 10, 9].map { try builder.constant(node, first + $0) }
      if couples { own[0] = negative(own[2]) }
      guard own.contains(where: { $0 != nil }) else { return }
      let all = own.flatMap { $0?.floats ?? Array(repeating: 0, count: hidden) }
      guard all.count == 3 * hidden else { throw GraphError("its peepholes do not fit \(hidden) units") }
      peepholes = all
    }
  }

  // MARK: Simple recurrence

  private static func readRNN(_ node: TFLiteNode, _ builder: TFLiteGraphBuilder, isBoth: Bool) throws {
    let options = try node.options(isBoth ? .bidirectionalSequenceRNN : .sequenceRNN)
    if isBoth { try refuse("a second input", at: 9, node, builder) }
    let isTimeMajor = try options?.bool(0) ?? false
    let cells = try (isBoth ? [1, 5] : [1]).map { try simpleCell(node, builder, first: $0) }
    let hidden = cells[0].recurrent.shape[0]
    guard cells.allSatisfy({ $0.recurrent.shape[0] == hidden }) else {
      throw GraphError("its two directions differ in units, which is not supported")
    }
    let function = try activation(Int(try options?.number(1, Int8(0)) ?? 0))
    let inputs: [ValueID?] = [
      try sequence(node, builder, isTimeMajor: isTimeMajor),
      builder.constant(node, "W", try stacked(cells.map(\.weights))),
      builder.constant(node, "R", try stacked(cells.map(\.recurrent))),
      builder.constant(node, "B", try stacked(cells.map(\.bias))),
    ]
    let op = RNN(
      hiddenSize: hidden, direction: isBoth ? .bidirectional : .forward,
      activations: cells.map { _ in function })
    let merges = try isBoth ? options?.bool(2) ?? false : false
    try finish(op, inputs, node, builder, outputs: 2, isTimeMajor: isTimeMajor, isBoth: isBoth, merges)
  }

  private static func simpleCell(
    _ node: TFLiteNode, _ builder: TFLiteGraphBuilder, first: Int
  ) throws -> (weights: Tensor, recurrent: Tensor, bias: Tensor) {
    guard let weights = try builder.constant(node, first),
      let recurrent = try builder.constant(node, first + 1),
      weights.rank == 2, recurrent.rank == 2, weights.shape[0] == recurrent.shape[0],
      recurrent.shape[0] == recurrent.shape[1]
    else { throw GraphError("its weights must be constant matrices, as many rows as units") }
    let hidden = recurrent.shape[0]
    let bias = try builder.constant(node, first + 2)?.floats ?? Array(repeating: 0, count: hidden)
    guard bias.count == hidden else { throw GraphError("its bias does not fit \(hidden) units") }
    let all = Tensor(shape: [2 * hidden], floats: bias + Array(repeating: 0, count: hidden))
    return (weights, recurrent, all)
  }

  // MARK: Both

  private static func refuse(
    _ what: String, at index: Int, _ node: TFLiteNode, _ builder: TFLiteGraphBuilder
  ) throws {
    guard builder.tensor(node, index) == nil else {
      throw GraphError("it has \(what), which is not supported")
    }
  }

  private static func activation(_ number: Int) throws -> RecurrentActivation {
    switch number {
    case 0: return .affine(alpha: 1, beta: 0)
    case 1: return .relu
    case 4: return .tanh
    default: throw GraphError("its fused activation (number \(number)) is not supported")
    }
  }

  private static func negative(_ tensor: Tensor?) -> Tensor? {
    tensor.flatMap { own in own.floats.map { Tensor(shape: own.shape, floats: $0.map { -$0 }) } }
  }

  /// Arrays of one shape as one, the directions along its first axis.
  /// - Throws: where they differ in shape, or are no floats.
  private static func stacked(_ parts: [Tensor]) throws -> Tensor {
    let floats = parts.compactMap(\.floats)
    guard floats.count == parts.count, parts.allSatisfy({ $0.shape == parts[0].shape }) else {
      throw GraphError("the weights of its directions must be floats, of one shape in both")
    }
    return Tensor(shape: [parts.count] + parts[0].shape, floats: floats.flatMap(\.self))
  }

  /// The sequence, its steps along the first axis.
  private static func sequence(
    _ node: TFLiteNode, _ builder: TFLiteGraphBuilder, isTimeMajor: Bool
  ) throws -> ValueID {
    let x = try builder.required(node, 0)
    return isTimeMajor ? x : try builder.part(Transpose(permutation: [1, 0, 2]), node, "steps", [x])
  }

  /// The states of all steps as the file has them: one direction's, both side by side, or each a result of its own.
  private static func finish(
    _ op: any Operator, _ inputs: [ValueID?], _ node: TFLiteNode, _ builder: TFLiteGraphBuilder, outputs: Int,
    isTimeMajor: Bool, isBoth: Bool, _ merges: Bool
  ) throws {
    let names = (0..<outputs).map { "\(node.name).state\($0)" }
    // [T, D, N, H]
    let states = try builder.add(op, inputs, outputs: names, name: node.name)[0]
    if isBoth, merges {
      let order = isTimeMajor ? [0, 2, 1, 3] : [2, 0, 1, 3]
      let moved = try builder.part(Transpose(permutation: order), node, "samples", [states])
      let shape = builder.constant(node, "shape", Tensor(ints: [0, 0, -1]))
      return try builder.emit(Reshape(), node, inputs: [moved, shape])
    }
    for direction in 0..<(isBoth ? 2 : 1) {
      let suffix = isBoth ? "\(direction)" : ""
      var result: ValueID
      if isBoth {
        let index = builder.constant(node, "direction\(suffix)", Tensor(shape: [], ints: [direction]))
        result = try builder.part(Gather(axis: 1), node, "picked\(suffix)", [states, index])
      } else {
        let axes = builder.constant(node, "direction", Tensor(ints: [1]))
        result = try builder.part(Squeeze(), node, "squeezed", [states, axes])
      }
      if !isTimeMajor {
        result = try builder.part(Transpose(permutation: [1, 0, 2]), node, "samples\(suffix)", [result])
      }
      let tensor = try builder.result(node, direction)
      builder.rename(result, tensor.isQuantizedByte ? "\(tensor.name)_exact" : tensor.name)
      try builder.bind(node, to: result, index: direction)
    }
  }
}
