import CPith
import CPithKernels

/// What one recurrent instruction works with, from step to step.
private struct Recurrence {
  let cell: pith_recurrent
  let kernels: UnsafePointer<pith_kernels>
  /// Sums of x of PITH_RECURRENT_STEPS steps, and of h of one.
  let inputSums, stateSums: UnsafeMutablePointer<Float>
  /// h as bytes before the first step, and r ⊙ h.
  let firstState, resetState: UnsafeMutablePointer<UInt8>
  var inputs, states: pith_project_args
  var step: pith_cell_args

  var rows: Int { int(cell.gates) &* Int(cell.pitch) }
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
    project(&recurrence.states)
    switch UInt32(bitPattern: recurrence.cell.kind) {
    case PITH_CELL_RNN.rawValue: kernels.pointee.cell.0?(&recurrence.step)
    case PITH_CELL_GRU.rawValue: kernels.pointee.cell.1?(&recurrence.step)
    case PITH_CELL_GRU_RESET.rawValue: advanceReset(&recurrence)
    default: kernels.pointee.cell.3?(&recurrence.step)
    }
  }

  /// A GRU whose reset gate multiplies the state: the candidate's product comes after the gates.
  private func advanceReset(_ recurrence: inout Recurrence) {
    guard let project = kernels.pointee.project else { return }
    let target = recurrence.step.output
    recurrence.step.output = recurrence.resetState
    kernels.pointee.cell.2?(&recurrence.step)
    recurrence.step.output = target
    let gate = 2 &* Int(recurrence.cell.pitch)
    var candidate = recurrence.states
    candidate.input = UnsafePointer(recurrence.resetState)
    candidate.weights += gate &* Int(candidate.depth)
    candidate.bias += gate
    candidate.multiplier += gate
    candidate.output += gate
    candidate.channels = recurrence.cell.pitch
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
    let rowBytes = (Int(cell.pitch) &+ 63) & ~63
    let firstState = UnsafeMutableRawPointer(stateSums + rows).assumingMemoryBound(to: UInt8.self)
    var step = pith_cell_args()
    step.product = UnsafePointer(stateSums)
    step.state = floats(tensor(record.inputs.1))
    if cell.isLSTM { step.memory = floats(tensor(record.inputs.2)) }
    step.hidden = cell.hidden
    step.pitch = cell.pitch
    step.functions = cell.functions
    step.alpha = cell.alpha
    step.beta = cell.beta
    step.inverse_scale = record.immediate_f.0
    step.zero = output.pointee.zero_point
    var inputs = projection(record.weights, record.bias, record.multiplier, to: sums, rows)
    inputs.depth = cell.tap_bytes
    inputs.in_stride = int32(x.pointee.pixel_stride)
    var states = projection(cell.weights, cell.bias, cell.multiplier, to: stateSums, rows)
    states.depth = (cell.hidden &+ 3) & ~3
    states.rows = 1
    // What the first step reads of the state, and the bytes that round it up to words, whose weights are zero.
    set(UnsafeMutableRawPointer(firstState), 2 &* rowBytes, 0)
    quantizeState(step, to: firstState)
    return Recurrence(
      cell: cell, kernels: kernels, inputSums: sums, stateSums: stateSums, firstState: firstState,
      resetState: firstState + rowBytes, inputs: inputs, states: states, step: step)
  }

  private func projection(
    _ weights: UInt32, _ bias: UInt32, _ multiplier: UInt32, to output: UnsafeMutablePointer<Float>,
    _ rows: Int
  ) -> pith_project_args {
    var arguments = pith_project_args()
    if let start = model.pointee.weights {
      arguments.weights = (UnsafeRawPointer(start) + int(weights)).assumingMemoryBound(to: Int8.self)
    }
    arguments.bias = constants(bias).assumingMemoryBound(to: Int32.self)
    arguments.multiplier = constants(multiplier).assumingMemoryBound(to: Float.self)
    arguments.output = output
    arguments.channels = Int32(truncatingIfNeeded: rows)
    arguments.out_stride = Int32(truncatingIfNeeded: rows)
    return arguments
  }

  /// The state as bytes, as the cell itself writes it.
  private func quantizeState(_ step: pith_cell_args, to bytes: UnsafeMutablePointer<UInt8>) {
    pith_state_bytes(step.state, bytes, step.hidden, step.inverse_scale, step.zero)
  }
}
