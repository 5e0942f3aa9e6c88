import PithGraph

/// UNIDIRECTIONAL_SEQUENCE_RNN and UNIDIRECTIONAL_SEQUENCE_LSTM, which start from a state of zeros.
enum TFLiteRecurrent: TFLiteReader {
  static let opTypes = ["UNIDIRECTIONAL_SEQUENCE_RNN", "UNIDIRECTIONAL_SEQUENCE_LSTM"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    guard node.opType.hasSuffix("LSTM") else { return try readRNN(node, builder) }
    let options = try node.options(.unidirectionalSequenceLSTM)
    for (index, what) in [(16, "a projection"), (20, "layer normalization"), (21, "layer normalization")]
    where builder.tensor(node, index) != nil {
      throw GraphError("it has \(what), which is not supported")
    }
    // Clipping of the cell's state has no counterpart; converters write 10, which states do not reach.
    let clip = try options?.float(1) ?? 0
    guard clip == 0 || clip >= 10 else {
      throw GraphError("it clips the cell's state at \(clip), which is not supported")
    }
    let couples = builder.tensor(node, 1) == nil
    // Of the operands, which go input, forget, cell, output, those of the gates in the graph's order.
    let gates = [0, 3, 1, 2]
    func joined(_ first: Int, _ suffix: String) throws -> Tensor? {
      let parts = try gates.map { try builder.constant(node, first + $0) }
      guard let known = parts.last ?? nil else { return nil }
      let floats = parts.flatMap { $0?.floats ?? Array(repeating: 0, count: known.count) }
      return Tensor(shape: [1, 4 * known.shape[0]] + known.shape.dropFirst(), floats: floats)
    }
    guard let weights = try joined(1, "weights"), let recurrent = try joined(5, "recurrent"),
      weights.rank == 3, recurrent.rank == 3, recurrent.shape[1] == 4 * recurrent.shape[2]
    else { throw GraphError("its weights must be constant matrices") }
    let hidden = recurrent.shape[2]
    let bias = try joined(12, "bias")?.floats ?? Array(repeating: 0, count: 4 * hidden)
    guard bias.count == 4 * hidden else { throw GraphError("its biases do not fit \(hidden) units") }
    let peepholes = try [9, 11, 10].map { try builder.constant(node, $0)?.floats }
    let function = try activation(Int(try options?.number(0, Int8(0)) ?? 0))
    let op = LSTM(
      hiddenSize: hidden, activations: function == .tanh ? [] : [.sigmoid, function, function],
      couplesInputForget: couples)
    var inputs: [ValueID?] = [
      try sequence(node, builder, isTimeMajor: try options?.bool(3) ?? false),
      builder.constant(node, "W", weights), builder.constant(node, "R", recurrent),
      builder.constant(
        node, "B",
        Tensor(shape: [1, 8 * hidden], floats: bias + Array(repeating: 0, count: 4 * hidden))),
    ]
    if peepholes.contains(where: { $0 != nil }) {
      let zeros = [Float](repeating: 0, count: hidden)
      let all = peepholes.flatMap { $0 ?? zeros }
      guard all.count == 3 * hidden else { throw GraphError("its peepholes do not fit \(hidden) units") }
      inputs += [nil, nil, nil, builder.constant(node, "P", Tensor(shape: [1, 3 * hidden], floats: all))]
    }
    try finish(op, inputs, node, builder, outputs: 3, isTimeMajor: try options?.bool(3) ?? false)
  }

  private static func readRNN(_ node: TFLiteNode, _ builder: TFLiteGraphBuilder) throws {
    let options = try node.options(.sequenceRNN)
    let isTimeMajor = try options?.bool(0) ?? false
    guard let weights = try builder.constant(node, 1), let recurrent = try builder.constant(node, 2),
      weights.rank == 2, recurrent.rank == 2, weights.shape[0] == recurrent.shape[0]
    else { throw GraphError("its weights must be constant matrices") }
    let hidden = recurrent.shape[0]
    let bias = try builder.constant(node, 3)?.floats ?? Array(repeating: 0, count: hidden)
    guard bias.count == hidden else { throw GraphError("its bias does not fit \(hidden) units") }
    let function = try activation(Int(try options?.number(1, Int8(0)) ?? 0))
    let inputs: [ValueID?] = [
      try sequence(node, builder, isTimeMajor: isTimeMajor),
      builder.constant(node, "W", weights.reshaped([1] + weights.shape)),
      builder.constant(node, "R", recurrent.reshaped([1] + recurrent.shape)),
      builder.constant(
        node, "B", Tensor(shape: [1, 2 * hidden], floats: bias + Array(repeating: 0, count: hidden))),
    ]
    try finish(
      RNN(hiddenSize: hidden, activations: [function]), inputs, node, builder, outputs: 2,
      isTimeMajor: isTimeMajor)
  }

  private static func activation(_ number: Int) throws -> RecurrentActivation {
    switch number {
    case 0: return .affine(alpha: 1, beta: 0)
    case 1: return .relu
    case 4: return .tanh
    default: throw GraphError("its fused activation (number \(number)) is not supported")
    }
  }

  /// The sequence, its steps along the first axis.
  private static func sequence(
    _ node: TFLiteNode, _ builder: TFLiteGraphBuilder, isTimeMajor: Bool
  ) throws -> ValueID {
    let x = try builder.required(node, 0)
    return isTimeMajor ? x : try builder.part(Transpose(permutation: [1, 0, 2]), node, "steps", [x])
  }

  /// The states of all steps, without the axis of directions.
  private static func finish(
    _ op: any Operator, _ inputs: [ValueID?], _ node: TFLiteNode, _ builder: TFLiteGraphBuilder, outputs: Int,
    isTimeMajor: Bool
  ) throws {
    let names = (0..<outputs).map { "\(node.name).state\($0)" }
    let states = try builder.add(op, inputs, outputs: names, name: node.name)[0]
    let axes = builder.constant(node, "direction", Tensor(ints: [1]))
    if isTimeMajor { return try builder.emit(Squeeze(), node, inputs: [states, axes]) }
    let steps = try builder.part(Squeeze(), node, "squeezed", [states, axes])
    try builder.emit(Transpose(permutation: [1, 0, 2]), node, inputs: [steps])
  }
}
