import CPith
import CPithKernels

/// What one recurrent instruction works with, from step to step.
private struct Recurrence {
  let cell: pith_recurrent
  /// Sums of x of PITH_RECURRENT_STEPS steps, and of h of one.
  let inputSums, stateSums: UnsafeMutablePointer<Float>
  /// h as bytes before the first step, and r ⊙ h.
  let firstState, resetState: UnsafeMutablePointer<UInt8>
  /// The bias of a GRU's candidate, of the product of h.
  let candidateBias: UnsafePointer<Int32>?
  var inputs, states: pith_project_args
  var step: pith_cell_args

  var rows: Int { int(cell.gates) &* Int(cell.pitch) }

  /// The product of a GRU's third gate.
  var candidate: pith_project_args {
    let gate = 2 &* Int(cell.pitch)
    var candidate = states
    candidate.weights += gate &* Int(candidate.depth)
    candidate.multiplier += gate
    candidate.output += gate
    candidate.channels = cell.pitch
    return candidate
  }
}

extension Executor {
  /// A recurrent cell over the steps of a sequence.
  func recur(_ instruction: InstructionPointer) {
    guard let project = kernels.pointee.project else { return }
    let x = tensor(instruction.pointee.inputs.0)
    let output = tensor(instruction.pointee.output)
    var recurrence = recurrence(instruction, x, output)
    let steps = output.pointee.width
    let isReversed = recurrence.cell.reversed == 1
    var before = UnsafePointer(recurrence.firstState)
    var done: UInt32 = 0
    while done < steps {
      // The products with x of several steps at once; those of a reversed cell lie the other way around.
      let left = steps &- done
      let some =
        left < UInt32(bitPattern: PITH_RECURRENT_STEPS) ? left : UInt32(bitPattern: PITH_RECURRENT_STEPS)
      let first = isReversed ? left &- some : done
      recurrence.inputs.input = UnsafePointer(bytes(x)) + int(first) &* int(x.pointee.pixel_stride)
      recurrence.inputs.rows = int32(some)
      project(&recurrence.inputs)
      var number: UInt32 = 0
      while number < some {
        let place = isReversed ? some &- 1 &- number : number
        recurrence.step.input = UnsafePointer(recurrence.inputSums) + int(place) &* recurrence.rows
        recurrence.step.output = bytes(output) + int(first &+ place) &* int(output.pointee.pixel_stride)
        advance(&recurrence, from: before)
        before = UnsafePointer(recurrence.step.output.unsafelyUnwrapped)
        number &+= 1
      }
      done &+= some
    }
  }

  private func advance(_ recurrence: inout Recurrence, from before: UnsafePointer<UInt8>) {
    guard let project = kernels.pointee.project else { return }
    recurrence.states.input = before
    switch UInt32(bitPattern: recurrence.cell.kind) {
    case PITH_CELL_RNN.rawValue:
      project(&recurrence.states)
      kernels.pointee.cell.0?(&recurrence.step)
    case PITH_CELL_GRU.rawValue:
      // Of the candidate only, the product has a bias.
      projectGates(&recurrence)
      var candidate = recurrence.candidate
      candidate.bias = recurrence.candidateBias
      project(&candidate)
      kernels.pointee.cell.1?(&recurrence.step)
    case PITH_CELL_GRU_RESET.rawValue:
      advanceReset(&recurrence)
    default:
      project(&recurrence.states)
      kernels.pointee.cell.3?(&recurrence.step)
    }
  }

  /// The products of a GRU's first two gates.
  private func projectGates(_ recurrence: inout Recurrence) {
    var gates = recurrence.states
    gates.channels = 2 &* recurrence.cell.pitch
    kernels.pointee.project?(&gates)
  }

  /// A GRU whose reset gate multiplies the state: the candidate's product comes after the gates.
  private func advanceReset(_ recurrence: inout Recurrence) {
    guard let project = kernels.pointee.project else { return }
    projectGates(&recurrence)
    let target = recurrence.step.output
    recurrence.step.output = recurrence.resetState
    kernels.pointee.cell.2?(&recurrence.step)
    recurrence.step.output = target
    var candidate = recurrence.candidate
    candidate.input = UnsafePointer(recurrence.resetState)
    project(&candidate)
    kernels.pointee.cell_rest?(&recurrence.step)
  }

  private func recurrence(
    _ instruction: InstructionPointer, _ x: TensorPointer, _ output: TensorPointer
  ) -> Recurrence {
    let record = instruction.pointee
    let cell = record.recurrent
    let rows = int(cell.gates) &* Int(cell.pitch)
    let sums = (arena + int(record.scratch)).assumingMemoryBound(to: Float.self)
    let stateSums = sums + Int(PITH_RECURRENT_STEPS) &* rows
    let multipliers = stateSums + rows
    let ownState = multipliers + 2 &* rows
    let ownMemory = ownState + Int(cell.pitch)
    let rowBytes = (Int(cell.pitch) &+ 63) & ~63
    let firstState = UnsafeMutableRawPointer(ownMemory + Int(cell.pitch)).assumingMemoryBound(to: UInt8.self)
    var step = pith_cell_args()
    step.product = UnsafePointer(stateSums)
    step.state = start(record.inputs.1, ownState, cell)
    if cell.isLSTM { step.memory = start(record.inputs.2, ownMemory, cell) }
    step.hidden = cell.hidden
    step.pitch = cell.pitch
    step.functions = cell.functions
    step.alpha = cell.alpha
    step.beta = cell.beta
    step.inverse_scale = record.immediate_f.0
    step.zero = output.pointee.zero_point
    var inputs = projection(record.weights, record.multiplier, multipliers, to: sums, rows)
    inputs.bias = constants(record.bias).assumingMemoryBound(to: Int32.self)
    inputs.depth = cell.tap_bytes
    inputs.in_stride = int32(x.pointee.pixel_stride)
    var states = projection(cell.weights, cell.multiplier, multipliers + rows, to: stateSums, rows)
    states.depth = (cell.hidden &+ 3) & ~3
    states.rows = 1
    // What the first step reads of the state, and the bytes that round it up to words, whose weights are zero.
    set(UnsafeMutableRawPointer(firstState), 2 &* rowBytes, 0)
    pith_quantize_state(step.state, firstState, step.hidden, step.inverse_scale, step.zero)
    return Recurrence(
      cell: cell, inputSums: sums, stateSums: stateSums, firstState: firstState,
      resetState: firstState + rowBytes,
      candidateBias: cell.hasCandidateBias ? constants(cell.bias).assumingMemoryBound(to: Int32.self) : nil,
      inputs: inputs, states: states, step: step)
  }

  /// The state that a cell starts from: one of the program's, or zeros of its own.
  private func start(
    _ number: UInt32, _ own: UnsafeMutablePointer<Float>, _ cell: pith_recurrent
  ) -> UnsafeMutablePointer<Float> {
    if number != PITH_NONE { return floats(tensor(number)) }
    own.initialize(repeating: 0, count: Int(cell.hidden))
    return own
  }

  private func projection(
    _ weights: UInt32, _ multiplier: UInt32, _ floats: UnsafeMutablePointer<Float>,
    to output: UnsafeMutablePointer<Float>, _ rows: Int
  ) -> pith_project_args {
    pith_widen_halves(constants(multiplier).assumingMemoryBound(to: UInt16.self), floats, rows)
    var arguments = pith_project_args()
    if let start = model.pointee.weights {
      arguments.weights = (UnsafeRawPointer(start) + int(weights)).assumingMemoryBound(to: Int8.self)
    }
    arguments.multiplier = UnsafePointer(floats)
    arguments.output = output
    arguments.channels = Int32(truncatingIfNeeded: rows)
    arguments.out_stride = Int32(truncatingIfNeeded: rows)
    return arguments
  }
}
