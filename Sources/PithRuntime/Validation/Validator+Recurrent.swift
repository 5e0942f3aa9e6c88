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

  /// Whether the reset gate multiplies the candidate's product of h, which then has a bias of its own.
  var hasCandidateBias: Bool { UInt32(bitPattern: kind) == PITH_CELL_GRU.rawValue }

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
      hasMultipliers(at: record.bias, channels: rows), hasHalves(at: record.multiplier, rows),
      hasHalves(at: cell.multiplier, rows),
      !cell.hasCandidateBias || hasMultipliers(at: cell.bias, channels: Size(cell.pitch))
    else { return false }
    let bytes = pith_recurrent_scratch(
      UInt64(widening: cell.gates), UInt64(widening: UInt32(bitPattern: cell.hidden)))
    guard isScratch(instruction, bytes, apartFrom: x, y),
      isLegalState(instruction, record.inputs.1, bytes, x, y), cell.isLSTM || record.inputs.2 == PITH_NONE,
      isLegalState(instruction, record.inputs.2, bytes, x, y)
    else { return false }
    if record.inputs.1 == PITH_NONE || record.inputs.2 == PITH_NONE { return true }
    return isDisjoint(model.tensor(record.inputs.1).pointee, model.tensor(record.inputs.2).pointee)
  }

  /// Whether so many upper halves of floats are there.
  private func hasHalves(at place: UInt32, _ count: Size) -> Bool {
    place & 1 == 0 && isInConstants(UInt64(widening: place), (count * Size(2 as UInt32)).value)
  }

  /// A state that the cell may write, or none.
  private func isLegalState(
    _ instruction: InstructionPointer, _ number: UInt32, _ scratchBytes: UInt64, _ x: pith_tensor,
    _ y: pith_tensor
  ) -> Bool {
    if number == PITH_NONE { return true }
    guard let state = floatInput(number)?.pointee, state.isIn(PITH_SPACE_ARENA),
      state.elements == Size(instruction.pointee.recurrent.hidden)
    else { return false }
    return isDisjoint(state, x) && isDisjoint(state, y)
      && areApart(UInt64(widening: instruction.pointee.scratch), scratchBytes, state.offset, state.bytes)
  }

  private func isFunction(_ number: Int32, _ alpha: Float, _ beta: Float) -> Bool {
    number >= 0 && UInt32(bitPattern: number) <= PITH_CELL_SOFTSIGN.rawValue && alpha.isFinite
      && beta.isFinite
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
