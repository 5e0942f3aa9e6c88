import CPith
import CPithKernels
import PithGraph
import PithPasses

/// A recurrent layer on its way to integer instructions, one for each direction.
struct RecurrentLowering {
  let node: Node
  let op: any Recurrent
  let steps: Int
  let inputSize: Int

  init(_ node: Node, _ op: any Recurrent, _ lowering: Lowering) throws {
    self.node = node
    self.op = op
    let sizes = try lowering.sizes(try lowering.graph.operand(node, 0))
    (steps, inputSize) = (sizes[0], sizes[2])
  }

  private var hidden: Int { op.hiddenSize }
  private var gates: Int { type(of: op).gateCount }
  private var padded: Int { op.hiddenSize.roundedUp(to: 16) }

  func lower(_ lowering: inout Lowering) throws {
    guard let cells = lowering.model.recurrences[node.id], cells.count == op.direction.count else {
      throw GraphError("its weights were not quantized")
    }
    let input = try lowering.graph.operand(node, 0)
    let source = try lowering.bytes(input, layout: .sequence(steps: steps, features: inputSize))
    let output = node.outputs[0]
    // [T, D, 1, H]: the directions of a step lie side by side.
    let layout = Layout.sequence(steps: steps, features: op.direction.count * hidden)
    let target = try lowering.defineBytes(output, layout: layout)
    let state = try startState(5, output: 1, &lowering)
    let memory = op is LSTM ? try startState(6, output: 2, &lowering) : nil
    for (index, cell) in cells.enumerated() {
      let part = try part(index, of: target, &lowering)
      try emit(
        cell, index, source.tensor, part,
        state: lowering.builder.addFloatView(of: state, [hidden], at: index * hidden),
        memory: memory.map { lowering.builder.addFloatView(of: $0, [hidden], at: index * hidden) }, &lowering)
      if part != target.tensor, hidden % 4 != 0 {
        lowering.builder.emit(PITH_OP_COPY, inputs: [part], output: target.tensor) {
          $0.move = pith_move(
            dims: [1, 1, steps, hidden],
            inputStrides: Layout.sequence(steps: steps, features: hidden).byteStrides,
            outputStrides: layout.byteStrides, outputOffset: index * hidden)
        }
      }
    }
  }

  /// Where a direction's states go: channels of the whole, or a map of their own where those do not begin at a word.
  private func part(
    _ index: Int, of whole: Lowering.ByteValue, _ lowering: inout Lowering
  ) throws -> TensorIndex {
    guard op.direction.count > 1 else { return whole.tensor }
    if hidden % 4 == 0 {
      return lowering.builder.addChannels(of: whole.tensor, from: index * hidden, count: hidden)
    }
    return lowering.builder.addBytes(
      .sequence(steps: steps, features: hidden), try lowering.parameters(node.outputs[0]), name: "")
  }

  /// The state that the cells replace, `[D, 1, H]`, which is the node's output of that number in the end.
  private func startState(_ operand: Int, output: Int, _ lowering: inout Lowering) throws -> TensorIndex {
    let sizes = [op.direction.count, 1, hidden]
    let name = output < node.outputs.count ? lowering.graph[node.outputs[output]].name : ""
    let state: TensorIndex
    if operand < node.inputs.count, let id = node.inputs[operand] {
      let start = try lowering.floats(id)
      state = lowering.builder.addFloats(sizes, name: name)
      let count = sizes.reduce(1, *)
      lowering.builder.emit(PITH_OP_F32_COPY, inputs: [start], output: state) {
        $0.move = pith_move(dims: [count], inputStrides: [1], outputStrides: [1])
      }
    } else {
      state = lowering.builder.addFloats(sizes, name: name)
      lowering.builder.emit(PITH_OP_F32_FILL, inputs: [], output: state) { $0.immediate_f.0 = 0 }
    }
    if output < node.outputs.count { lowering.define(node.outputs[output], floats: state) }
    return state
  }

  private func emit(
    _ cell: QuantizedRecurrence, _ index: Int, _ source: TensorIndex, _ target: TensorIndex,
    state: TensorIndex,
    memory: TensorIndex?, _ lowering: inout Lowering
  ) throws {
    let x = try lowering.parameters(try lowering.graph.operand(node, 0))
    let h = try lowering.parameters(node.outputs[0])
    let inputs = store(cell.inputWeights, cell.inputBiases, depth: inputSize, x, &lowering)
    let states = store(cell.stateWeights, cell.stateBiases, depth: hidden, h, &lowering)
    var record = pith_recurrent()
    record.kind = Int32(kind.rawValue)
    record.reversed = op.direction.isReversed(index) ? 1 : 0
    record.hidden = Int32(hidden)
    record.tap_bytes = Int32(inputSize.roundedUp(to: 4))
    (record.weights, record.bias, record.multiplier) = (states.weights, states.bias, states.multiplier)
    try setFunctions(&record, op.activations(of: index))
    let scratch = pith_recurrent_scratch(UInt64(gates), UInt64(hidden))
    lowering.builder.emit(
      PITH_OP_RECURRENT, inputs: [source, state] + (memory.map { [$0] } ?? []), output: target,
      scratch: Int(scratch)
    ) {
      (($0.weights), ($0.bias), ($0.multiplier)) = (inputs.weights, inputs.bias, inputs.multiplier)
      $0.immediate_f.0 = Float(1 / Double(h.scale))
      $0.recurrent = record
    }
    lowering.account(
      node, bytes: inputs.bytes + states.bytes, multiplyAdds: steps * gates * hidden * (inputSize + hidden))
  }

  private var kind: pith_cell_kind {
    switch op {
    case let op as GRU: op.linearBeforeReset ? PITH_CELL_GRU : PITH_CELL_GRU_RESET
    case is LSTM: PITH_CELL_LSTM
    default: PITH_CELL_RNN
    }
  }

  private func setFunctions(_ record: inout pith_recurrent, _ functions: [RecurrentActivation]) throws {
    var forms: [(pith_cell_function, Float, Float)] = try functions.map { try RecurrentLowering.form(of: $0) }
    while forms.count < 3 { forms.append((PITH_CELL_TANH, 0, 0)) }
    record.functions = (Int32(forms[0].0.rawValue), Int32(forms[1].0.rawValue), Int32(forms[2].0.rawValue))
    record.alpha = (forms[0].1, forms[1].1, forms[2].1)
    record.beta = (forms[0].2, forms[1].2, forms[2].2)
  }

  private static func form(of function: RecurrentActivation) throws -> (pith_cell_function, Float, Float) {
    switch function {
    case .sigmoid: (PITH_CELL_SIGMOID, 0, 0)
    case .tanh: (PITH_CELL_TANH, 0, 0)
    case .relu: (PITH_CELL_RELU, 0, 0)
    case .affine(let alpha, let beta): (PITH_CELL_AFFINE, alpha, beta)
    case .hardSigmoid(let alpha, let beta): (PITH_CELL_HARD_SIGMOID, alpha, beta)
    case .leakyRelu(let alpha): (PITH_CELL_LEAKY_RELU, alpha, 0)
    case .softsign: (PITH_CELL_SOFTSIGN, 0, 0)
    case .thresholdedRelu, .scaledTanh, .elu, .softplus:
      throw GraphError("its cell's function \(function.name) has no integer kernel")
    }
  }

  /// Packs W or R gate by gate, each padded to 16 rows, with biases and multipliers to reals.
  private func store(
    _ weights: QuantizedWeights, _ biases: [Int32], depth: Int, _ source: QuantizationParameters,
    _ lowering: inout Lowering
  ) -> (weights: UInt32, bias: UInt32, multiplier: UInt32, bytes: Int) {
    var packed: [Int8] = []
    var folded = [Int32](repeating: 0, count: gates * padded)
    var multipliers = [Float](repeating: 0, count: gates * padded)
    for gate in 0..<gates {
      packed += WeightPacking.pack(channels: hidden, depth: depth.roundedUp(to: 4)) { channel, k in
        k < depth ? weights.values[(gate * hidden + channel) * depth + k] : 0
      }
      for channel in 0..<hidden {
        let row = gate * hidden + channel
        folded[gate * padded + channel] = weights.foldedBias(
          biases[row], channel: row, zeroPoint: source.zeroPoint)
        multipliers[gate * padded + channel] = Float(Double(source.scale) * Double(weights.scales[row]))
      }
    }
    let place = lowering.builder.weights.add(ByteBlob.bytes(of: packed), alignment: 64)
    let requantization = lowering.addRequantization(biases: folded, multipliers: multipliers)
    return (
      UInt32(place), requantization.bias, requantization.multiplier, packed.count + requantization.bytes
    )
  }
}

extension Layout {
  /// Steps of a sequence as the pixels of a row.
  static func sequence(steps: Int, features: Int) -> Layout { .matrix(rows: steps, columns: features) }
}
