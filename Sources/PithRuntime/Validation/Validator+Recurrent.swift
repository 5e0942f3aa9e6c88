import CPith
import CPithKernels

extension pith_recurrent {
  /// Gates of the cell; 0 where there is no such kind.
  var gates: UInt32 {
    switch UInt32(bitPattern: kind) {
    case PITH_CELL_RNN.rawValue: return 1
    case PITH_CELL_GRU.rawValue, PITH_CELL_GRU_RESET.rawValue: return 3
    case PITH_CELL_LSTM.rawValue: return 4
    default: return 0
    }
  }

  var isLSTM: Bool { UInt32(bitPattern: kind) == PITH_CELL_LSTM.rawValue }

  /// Rows of a gate, padded to 16, of a legal cell.
  var pitch: Int32 { (hidden &+ 15) & ~15 }
}

extension Validator {
  func isLegalRecurrence(_ instruction: InstructionPointer) -> Bool {
    let record = instruction.pointee
    let cell = record.recurrent
    guard let x = byteInput(record.inputs.0)?.pointee, let y = byteOutput(instruction)?.pointee,
      cell.gates > 0, cell.hidden > 0, cell.hidden <= PITH_MAX_HIDDEN, x.batch == 1, x.height == 1,
      y.batch == 1, y.height == 1, x.width == y.width, y.channels == UInt32(bitPattern: cell.hidden),
      cell.tap_bytes >= 4, cell.tap_bytes & 3 == 0, Size(cell.tap_bytes) <= x.pixelBytes,
      cell.reversed == 0 || cell.reversed == 1, record.immediate_f.0.isFinite, isDisjoint(x, y),
      isFunction(cell.functions.0, cell.alpha.0, cell.beta.0),
      isFunction(cell.functions.1, cell.alpha.1, cell.beta.1),
      isFunction(cell.functions.2, cell.alpha.2, cell.beta.2)
    else { return false }
    let rows = Size(cell.gates) * Size(cell.pitch)
    guard hasWeights(instruction, bytes: rows * Size(cell.tap_bytes)),
      hasWeights(at: cell.weights, bytes: rows * Size(cell.hidden).rounded(to: 4)),
      hasRequantization(instruction, channels: rows),
      hasRequantization(bias: cell.bias, multiplier: cell.multiplier, channels: rows),
      let state = state(record.inputs.1, cell)
    else { return false }
    let bytes = pith_recurrent_scratch(
      UInt64(widening: cell.gates), UInt64(widening: UInt32(bitPattern: cell.hidden)))
    guard isScratch(instruction, bytes, apartFrom: x, y), isDisjoint(state, x), isDisjoint(state, y),
      areApart(UInt64(widening: record.scratch), bytes, state.offset, state.bytes)
    else { return false }
    if !cell.isLSTM { return true }
    guard let memory = self.state(record.inputs.2, cell) else { return false }
    return isDisjoint(memory, x) && isDisjoint(memory, y) && isDisjoint(memory, state)
      && areApart(UInt64(widening: record.scratch), bytes, memory.offset, memory.bytes)
  }

  private func isFunction(_ number: Int32, _ alpha: Float, _ beta: Float) -> Bool {
    number >= 0 && UInt32(bitPattern: number) <= PITH_CELL_SOFTSIGN.rawValue && alpha.isFinite
      && beta.isFinite
  }

  /// A state that the cell may write.
  private func state(_ number: UInt32, _ cell: pith_recurrent) -> pith_tensor? {
    guard let state = floatInput(number)?.pointee, state.isIn(PITH_SPACE_ARENA),
      state.elements == Size(cell.hidden)
    else { return nil }
    return state
  }

  /// Whether so many bytes of scratch are in the arena and apart from the operands.
  func isScratch(
    _ instruction: InstructionPointer, _ bytes: UInt64, apartFrom input: pith_tensor, _ output: pith_tensor
  ) -> Bool {
    let scratch = UInt64(widening: instruction.pointee.scratch)
    return scratch & (alignment &- 1) == 0 && isInArena(scratch, bytes)
      && areApart(scratch, bytes, output.offset, output.bytes)
      && (!input.isIn(PITH_SPACE_ARENA) || areApart(scratch, bytes, input.offset, input.bytes))
  }
}
