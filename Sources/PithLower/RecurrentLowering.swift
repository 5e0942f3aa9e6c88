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
      func own(_ whole: TensorIndex?) -> TensorIndex? {
        whole.map { lowering.builder.addFloatView(of: $0, [hidden], at: index * hidden) }
      }
      try emit(cell, index, source.tensor, part, state: own(state), memory: own(memory), &lowering)
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

  /// The state that the cells replace, `[D, 1, H]`, which is the node's output of that number in the end; nil where it starts
  /// from zeros and nobody reads it afterwards.
  private func startState(_ operand: Int, output: Int, _ lowering: inout Lowering) throws -> TensorIndex? {
    let isRead = output < node.outputs.count && lowering.isRead(node.outputs[output])
    let isGiven = operand < node.inputs.count && node.inputs[operand] != nil
    guard isRead || isGiven else { return nil }
    let sizes = [op.direction.count, 1, hidden]
    let name = output < node.outputs.count ? lowering.graph[node.outputs[output]].name : ""
    let state: TensorIndex
    if operand < node.inputs.count, let id = node.inputs[operand] {
      let start = try lowering.floats(id)
      state = lowering.builder.addFloats(sizes, name: name)
      lowering.builder.emitFloatCopy(of: start, to: state)
    } else {
      state = lowering.builder.addFloats(sizes, name: name)
      lowering.builder.emit(PITH_OP_F32_FILL, inputs: [], output: state) { $0.immediate_f.0 = 0 }
    }
    if output < node.outputs.count { lowering.define(node.outputs[output], floats: state) }
    return state
  }

  private func emit(
    _ cell: QuantizedRecurrence, _ index: Int, _ source: TensorIndex, _ target: TensorIndex,
    state: TensorIndex?,
    memory: TensorIndex?, _ lowering: inout Lowering
  ) throws {
    let x = try lowering.parameters(try lowering.graph.operand(node, 0))
    let h = try lowering.parameters(node.outputs[0])
    let inputs = store(cell.inputWeights, depth: inputSize, x, &lowering)
    let states = store(cell.stateWeights, depth: hidden, h, &lowering)
    let bias = storeBiases(cell.inputWeights, cell.inputBiases, gates: 0..<gates, x, &lowering)
    let candidateBias =
      kind == PITH_CELL_GRU
      ? storeBiases(cell.stateWeights, cell.stateBiases, gates: 2..<3, h, &lowering) : PITH_NONE
    var record = pith_recurrent()
    record.kind = Int32(kind.rawValue)
    record.reversed = op.direction.isReversed(index) ? 1 : 0
    record.hidden = Int32(hidden)
    record.tap_bytes = Int32(inputSize.roundedUp(to: 4))
    (record.weights, record.bias, record.multiplier) = (states.weights, candidateBias, states.multiplier)
    try setFunctions(&record, op.activations(of: index))
    let scratch = pith_recurrent_scratch(UInt64(gates), UInt64(hidden))
    lowering.builder.emit(
      PITH_OP_RECURRENT, inputs: [source] + [state, memory].compactMap(\.self), output: target,
      scratch: Int(scratch)
    ) {
      ($0.weights, $0.bias, $0.multiplier) = (inputs.weights, bias, inputs.multiplier)
      // Either state may be absent.
      $0.inputs.1 = state.map { UInt32($0.index) } ?? PITH_NONE
      $0.inputs.2 = memory.map { UInt32($0.index) } ?? PITH_NONE
      $0.immediate_f.0 = Float(1 / Double(h.scale))
      $0.recurrent = record
    }
    lowering.account(
      node, bytes: inputs.bytes + states.bytes + 4 * padded * (gates + (kind == PITH_CELL_GRU ? 1 : 0)),
      multiplyAdds: steps * gates * hidden * (inputSize + hidden))
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

  /// Packs W or R gate by gate, each padded to 16 rows, with multipliers to reals.
  private func store(
    _ weights: QuantizedWeights, depth: Int, _ source: QuantizationParameters, _ lowering: inout Lowering
  ) -> (weights: UInt32, multiplier: UInt32, bytes: Int) {
    var packed: [Int8] = []
    var multipliers = [UInt16](repeating: 0, count: gates * padded)
    for gate in 0..<gates {
      packed += WeightPacking.pack(channels: hidden, depth: depth.roundedUp(to: 4)) { channel, k in
        k < depth ? weights.values[(gate * hidden + channel) * depth + k] : 0
      }
      for channel in 0..<hidden {
        let product = Float(Double(source.scale) * Double(weights.scales[gate * hidden + channel]))
        // The quantizer chose scales whose products are halves already, up to the scales' own rounding.
        multipliers[gate * padded + channel] = UInt16(
          truncatingIfNeeded: (product.bitPattern &+ 0x8000) >> 16)
      }
    }
    let place = lowering.builder.weights.add(ByteBlob.bytes(of: packed), alignment: 64)
    let multiplier = lowering.builder.constants.add(ByteBlob.bytes(of: multipliers), alignment: 4)
    return (UInt32(place), UInt32(multiplier), packed.count + 2 * multipliers.count)
  }

  /// Biases of some gates, padded to 16 rows, with −zeroPoint · Σw folded in.
  private func storeBiases(
    _ weights: QuantizedWeights, _ biases: [Int32], gates: Range<Int>, _ source: QuantizationParameters,
    _ lowering: inout Lowering
  ) -> UInt32 {
    var folded = [Int32](repeating: 0, count: gates.count * padded)
    for (index, gate) in gates.enumerated() {
      for channel in 0..<hidden {
        let row = gate * hidden + channel
        folded[index * padded + channel] = weights.foldedBias(
          biases[row], channel: row, zeroPoint: source.zeroPoint)
      }
    }
    return UInt32(lowering.builder.constants.add(ByteBlob.bytes(of: folded), alignment: 4))
  }
}

extension Layout {
  /// Steps of a sequence as the pixels of a row.
  static func sequence(steps: Int, features: Int) -> Layout { .matrix(rows: steps, columns: features) }
}
