import CPith

extension Validator {
  func isLegalBinary(_ instruction: InstructionPointer) -> Bool {
    let record = instruction.pointee
    guard let a = byteInput(record.inputs.0)?.pointee, let b = byteInput(record.inputs.1)?.pointee,
      let output = byteOutput(instruction)?.pointee, output.hasShape(of: a), isDisjointOrSame(a, output),
      isByteRange(record.binary.clamp_min, record.binary.clamp_max), record.immediate_f.0.isFinite,
      record.immediate_f.1.isFinite
    else { return false }
    if b.hasShape(of: a) { return isDisjointOrSame(b, output) }
    return b.batch == a.batch && b.height == 1 && b.width == 1 && b.channels == a.channels
      && isDisjoint(b, output)
  }

  func isLegalLookup(_ instruction: InstructionPointer) -> Bool {
    guard let input = byteInput(instruction.pointee.inputs.0)?.pointee,
      let output = byteOutput(instruction)?.pointee
    else { return false }
    return output.hasShape(of: input) && isDisjointOrSame(input, output)
      && isInConstants(UInt64(widening: instruction.pointee.table), 256)
  }

  func isLegalFill(_ instruction: InstructionPointer) -> Bool {
    anyByteOutput(instruction) != nil && instruction.pointee.immediate_i >= 0
      && instruction.pointee.immediate_i <= 255
  }

  func isLegalSoftmax(_ instruction: InstructionPointer) -> Bool {
    let record = instruction.pointee
    guard let input = byteInput(record.inputs.0)?.pointee, let output = byteOutput(instruction)?.pointee
    else { return false }
    return output.hasShape(of: input) && isDisjoint(input, output) && record.table & 3 == 0
      && isInConstants(UInt64(widening: record.table), 1024) && record.immediate_f.0.isFinite
  }
}
