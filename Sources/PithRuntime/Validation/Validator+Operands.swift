import CPith

extension Validator {
  private func tensor(_ number: UInt32) -> TensorPointer? {
    number < model.tensor_count ? model.tensor(number) : nil
  }

  /// A byte map that the instruction reads, of pixels padded to 4 bytes.
  func byteInput(_ number: UInt32) -> TensorPointer? {
    guard let map = anyByteInput(number), map.pointee.pixel_stride & 3 == 0 else { return nil }
    return map
  }

  /// A byte map that the instruction reads, perhaps the halo'd input of a merged first layer.
  func anyByteInput(_ number: UInt32) -> TensorPointer? {
    guard let map = tensor(number), map.pointee.isBytes else { return nil }
    return map
  }

  /// A byte map that the instruction writes, of pixels padded to 4 bytes.
  func byteOutput(_ instruction: InstructionPointer) -> TensorPointer? {
    guard let map = anyByteOutput(instruction), map.pointee.pixel_stride & 3 == 0 else { return nil }
    return map
  }

  func anyByteOutput(_ instruction: InstructionPointer) -> TensorPointer? {
    guard let map = tensor(instruction.pointee.output), map.pointee.isBytes,
      map.pointee.isIn(PITH_SPACE_ARENA)
    else { return nil }
    return map
  }

  func floatInput(_ number: UInt32) -> TensorPointer? {
    guard let floats = tensor(number), floats.pointee.isFloat else { return nil }
    return floats
  }

  func floatOutput(_ instruction: InstructionPointer) -> TensorPointer? {
    guard let floats = tensor(instruction.pointee.output), floats.pointee.isFloat,
      floats.pointee.isIn(PITH_SPACE_ARENA) || floats.pointee.isIn(PITH_SPACE_OUTPUT)
    else { return nil }
    return floats
  }

  /// Whether writing `output` leaves what the instruction reads of `input` alone.
  func isDisjoint(_ input: pith_tensor, _ output: pith_tensor) -> Bool {
    guard input.space == output.space else { return true }
    // Bound buffers are apart, and a tensor there begins at its buffer's start.
    if !output.isIn(PITH_SPACE_ARENA) { return input.offset != output.offset }
    if areApart(input.offset, input.bytes, output.offset, output.bytes) { return true }
    return areInterleaved(input, output)
  }

  /// Whether two ranges of the arena have no byte in common.
  func areApart(_ a: UInt64, _ aBytes: UInt64, _ b: UInt64, _ bBytes: UInt64) -> Bool {
    // Both lie in the arena, so the sums are small.
    a &+ aBytes <= b || b &+ bBytes <= a
  }

  /// Whether two maps are different channels of one map: parts of a concatenation.
  private func areInterleaved(_ a: pith_tensor, _ b: pith_tensor) -> Bool {
    guard a.isBytes, b.isBytes, a.pixel_stride == b.pixel_stride else { return false }
    let stride = UInt64(widening: a.pixel_stride)
    let (low, high) = a.offset <= b.offset ? (a, b) : (b, a)
    let phase = Size(saturating: (high.offset &- low.offset) % stride)
    return low.pixelBytes <= phase && phase + high.pixelBytes <= Size(saturating: stride)
  }

  /// Whether the output may be written while the input is read, element by element in the same order.
  func isDisjointOrSame(_ input: pith_tensor, _ output: pith_tensor) -> Bool {
    isDisjoint(input, output)
      || (input.offset == output.offset && input.bytes == output.bytes && input.type == output.type
        && input.pixel_stride == output.pixel_stride)
  }

  func isByteRange(_ least: Int32, _ most: Int32) -> Bool { least >= 0 && least <= most && most <= 255 }
}
