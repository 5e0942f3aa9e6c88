import CPith

extension Validator {
  func isLegalFloatConvolution(_ instruction: InstructionPointer) -> Bool {
    let window = instruction.pointee.window
    guard let input = floatInput(instruction.pointee.inputs.0)?.pointee,
      let weights = floatInput(instruction.pointee.inputs.1)?.pointee,
      let output = floatOutput(instruction)?.pointee, isDisjoint(input, output), isDisjoint(weights, output),
      slides(window, input, output, ceiling: false), window.extent >= 1
    else { return false }
    let groups = UInt32(bitPattern: window.extent)
    let channels = input.dims.1
    let outputs = output.dims.1
    guard channels % groups == 0, outputs % groups == 0 else { return false }
    let wanted = Size(outputs) * Size(channels / groups) * window.positions
    guard wanted == weights.elements else { return false }
    if instruction.pointee.inputs.2 == PITH_NONE { return true }
    guard let bias = floatInput(instruction.pointee.inputs.2)?.pointee else { return false }
    return bias.elements == Size(outputs) && isDisjoint(bias, output)
  }

  func isLegalFloatPool(_ instruction: InstructionPointer, averages: Bool) -> Bool {
    let window = instruction.pointee.window
    guard let input = floatInput(instruction.pointee.inputs.0)?.pointee,
      let output = floatOutput(instruction)?.pointee
    else { return false }
    return isDisjoint(input, output) && input.dims.1 == output.dims.1
      && slides(window, input, output, ceiling: true) && isLegalCount(window, averages: averages)
  }

  /// Whether the window slides over an [N][C][H][W] map of floats to the output's height and width.
  private func slides(
    _ window: pith_window, _ input: pith_tensor, _ output: pith_tensor, ceiling: Bool
  ) -> Bool {
    guard input.rank == 4, output.rank == 4, input.dims.0 == output.dims.0, window.vertical.isLegal,
      window.horizontal.isLegal
    else { return false }
    let padded =
      Size(input.dims.1) * window.vertical.padded(input.dims.2) * window.horizontal.padded(input.dims.3)
    return padded * Size(4 as UInt32) <= Size.largestTensor
      && window.vertical.makes(output.dims.2, from: input.dims.2, ceiling: ceiling)
      && window.horizontal.makes(output.dims.3, from: input.dims.3, ceiling: ceiling)
  }

  func isLegalFloatMatmul(_ instruction: InstructionPointer) -> Bool {
    let record = instruction.pointee
    let m = record.matmul
    guard let a = floatInput(record.inputs.0)?.pointee, let b = floatInput(record.inputs.1)?.pointee,
      let output = floatOutput(instruction)?.pointee, isDisjoint(a, output), isDisjoint(b, output),
      record.immediate_f.0.isFinite, record.immediate_f.1.isFinite,
      // Keeps the time in proportion to the operands.
      m.inner <= 1 || m.a_inner > 0 || m.b_inner > 0
    else { return false }
    guard Size(m.batch) * Size(m.rows) * Size(m.columns) == output.elements,
      reach((m.batch, m.rows, m.inner, 1, 1, 1), (m.a_batch, m.a_row, m.a_inner, 0, 0, 0), offset: 0)
        <= a.elements,
      reach((m.batch, m.inner, m.columns, 1, 1, 1), (m.b_batch, m.b_inner, m.b_column, 0, 0, 0), offset: 0)
        <= b.elements
    else { return false }
    if record.inputs.2 == PITH_NONE { return true }
    guard let bias = floatInput(record.inputs.2)?.pointee, isDisjoint(bias, output) else { return false }
    return reach((m.rows, m.columns, 1, 1, 1, 1), (m.c_row, m.c_column, 0, 0, 0, 0), offset: 0)
      <= bias.elements
  }

  func isLegalFloatBinary(_ instruction: InstructionPointer) -> Bool {
    let record = instruction.pointee
    let broadcast = record.broadcast
    guard let a = floatInput(record.inputs.0)?.pointee, let b = floatInput(record.inputs.1)?.pointee,
      let output = floatOutput(instruction)?.pointee, UInt32(record.flags) <= PITH_DIV.rawValue
    else { return false }
    return product(broadcast.dims) == output.elements
      && reach(broadcast.dims, broadcast.a_strides, offset: 0) <= a.elements
      && reach(broadcast.dims, broadcast.b_strides, offset: 0) <= b.elements
      && mayRead(a, broadcast.a_strides, broadcast.dims, whileWriting: output)
      && mayRead(b, broadcast.b_strides, broadcast.dims, whileWriting: output)
  }

  /// In place only where the operand is read in the order of the dense output.
  private func mayRead(
    _ operand: pith_tensor, _ strides: Axes, _ dims: Axes, whileWriting output: pith_tensor
  ) -> Bool {
    if isDisjoint(operand, output) { return true }
    var dense = Size.one
    var index = UInt32(PITH_MAX_RANK)
    while index > 0 {
      index &-= 1
      let size = axis(dims, index)
      if size > 1 && !(Size(axis(strides, index)) == dense) { return false }
      dense = dense * Size(size)
    }
    return isDisjointOrSame(operand, output)
  }

  func isLegalFloatUnary(_ instruction: InstructionPointer) -> Bool {
    let record = instruction.pointee
    guard let input = floatInput(record.inputs.0)?.pointee, let output = floatOutput(instruction)?.pointee
    else { return false }
    return input.elements == output.elements && isDisjointOrSame(input, output)
      && UInt32(record.flags) <= PITH_HARD_SWISH.rawValue && !record.immediate_f.0.isNaN
      && !record.immediate_f.1.isNaN
  }

  func isLegalFloatSoftmax(_ instruction: InstructionPointer) -> Bool {
    guard let input = floatInput(instruction.pointee.inputs.0)?.pointee,
      let output = floatOutput(instruction)?.pointee
    else { return false }
    return output.hasShape(of: input) && isDisjoint(input, output)
  }

  func isLegalFloatMean(_ instruction: InstructionPointer) -> Bool {
    guard let input = floatInput(instruction.pointee.inputs.0)?.pointee,
      let output = floatOutput(instruction)?.pointee
    else { return false }
    return isDisjoint(input, output) && output.elements * Size(lastAxis(input)) == input.elements
  }
}

/// The size of a float tensor's last axis: 1 for a scalar.
func lastAxis(_ tensor: pith_tensor) -> UInt32 {
  tensor.rank == 0 ? 1 : axis(tensor.dims, UInt32(tensor.rank) &- 1)
}
