import CPith

/// Elements of a block with these axes.
func product(_ dims: Axes) -> Size {
  Size(dims.0) * Size(dims.1) * Size(dims.2) * Size(dims.3) * Size(dims.4) * Size(dims.5)
}

/// One more than the last element that a strided block of these axes touches; the limit where an axis is empty.
func reach(_ dims: Axes, _ strides: Axes, offset: UInt32) -> Size {
  var end = Size(offset) + Size.one
  var index: UInt32 = 0
  while index < UInt32(PITH_MAX_RANK) {
    let size = axis(dims, index)
    if size == 0 { return Size(saturating: Size.limit) }
    end = end + (Size(size) - Size.one) * Size(axis(strides, index))
    index &+= 1
  }
  return end
}

extension Validator {
  func isLegalCopy(_ instruction: InstructionPointer) -> Bool {
    let record = instruction.pointee
    guard let input = anyByteInput(record.inputs.0)?.pointee,
      let output = anyByteOutput(instruction)?.pointee,
      record.table == PITH_NONE || isInConstants(UInt64(widening: record.table), 256)
    else { return false }
    // A copy's strides need not be the tensors' own, so that interleaved maps do not count as apart.
    let isApart =
      !input.isIn(PITH_SPACE_ARENA) || areApart(input.offset, input.bytes, output.offset, output.bytes)
    return isApart
      && isLegalMove(record.move, from: Size(saturating: input.bytes), to: Size(saturating: output.bytes))
  }

  func isLegalFloatCopy(_ instruction: InstructionPointer) -> Bool {
    guard let input = floatInput(instruction.pointee.inputs.0)?.pointee,
      let output = floatOutput(instruction)?.pointee
    else { return false }
    return isDisjoint(input, output)
      && isLegalMove(instruction.pointee.move, from: input.elements, to: output.elements)
  }

  private func isLegalMove(_ move: pith_move, from input: Size, to output: Size) -> Bool {
    reach(move.dims, move.input_strides, offset: move.input_offset) <= input
      && reach(move.dims, move.output_strides, offset: move.output_offset) <= output
      && product(move.dims) <= output
  }

  func isLegalQuantize(_ instruction: InstructionPointer) -> Bool {
    let move = instruction.pointee.move
    guard let input = floatInput(instruction.pointee.inputs.0)?.pointee,
      let output = anyByteOutput(instruction)?.pointee
    else { return false }
    return isDisjoint(input, output) && move.dims.3 == output.channels
      && isBlock(move.dims, of: output, at: move.output_offset)
      && reach(move.dims, move.input_strides, offset: move.input_offset) <= input.elements
  }

  func isLegalDequantize(_ instruction: InstructionPointer) -> Bool {
    let move = instruction.pointee.move
    guard let input = anyByteInput(instruction.pointee.inputs.0)?.pointee,
      let output = floatOutput(instruction)?.pointee
    else { return false }
    return isDisjoint(input, output) && move.dims.3 <= input.channels
      && isBlock(move.dims, of: input, at: move.input_offset)
      && reach(move.dims, move.output_strides, offset: move.output_offset) <= output.elements
      && product(move.dims) <= output.elements
  }

  /// Whether [batch, height, width, channels] at a byte offset are whole pixels within every image of the map.
  private func isBlock(_ dims: Axes, of map: pith_tensor, at offset: UInt32) -> Bool {
    guard dims.4 == 1, dims.5 == 1, dims.0 == map.batch, dims.1 >= 1, dims.2 >= 1, dims.3 >= 1,
      offset % map.pixel_stride == 0
    else { return false }
    let pixel = offset / map.pixel_stride
    let y = Size(pixel / map.width)
    let x = Size(pixel % map.width)
    return y + Size(dims.1) <= Size(map.height) && x + Size(dims.2) <= Size(map.width)
  }
}
