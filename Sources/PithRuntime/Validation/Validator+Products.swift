import CPith

extension Validator {
  func isLegalMatmul(_ instruction: InstructionPointer) -> Bool {
    let record = instruction.pointee
    let window = record.window
    guard var a = byteInput(record.inputs.0)?.pointee, var b = byteInput(record.inputs.1)?.pointee,
      var output = byteOutput(instruction)?.pointee, a.height == 1, b.height == 1, output.height == 1,
      b.zero_point == 128, record.flags <= PITH_MATMUL_FLAGS, isDisjoint(a, output), isDisjoint(b, output),
      isByteRange(window.clamp_min, window.clamp_max),
      hasMatrices(&a, instruction, PITH_MATMUL_FIRST_BESIDE),
      hasMatrices(&b, instruction, PITH_MATMUL_SECOND_BESIDE),
      hasMatrices(&output, instruction, PITH_MATMUL_OUTPUT_BESIDE),
      a.batch == output.batch, b.batch == a.batch || b.batch == 1, a.width == output.width
    else { return false }
    let isTransposed = UInt32(record.flags) & PITH_MATMUL_TRANSPOSED != 0
    let depth = isTransposed ? b.channels : b.width
    let columns = isTransposed ? b.width : b.channels
    let tap = Size(depth).rounded(to: 4)
    let bytes = pith_matmul_scratch(UInt64(widening: depth), UInt64(widening: columns))
    return a.channels == depth && output.channels == columns && Size(window.tap_bytes) == tap
      && tap <= a.pixelBytes && Size(window.extent) == Size(columns).rounded(to: 4)
      && Size(window.extent) <= output.pixelBytes && Size(saturating: bytes) <= Size.largestTensor
      && hasMultipliers(at: record.multiplier, channels: Size(columns))
      && isScratch(instruction, bytes, apartFrom: a, output)
      && (!b.isIn(PITH_SPACE_ARENA) || areApart(UInt64(widening: record.scratch), bytes, b.offset, b.bytes))
  }

  /// Whether the matrices that are said to lie beside each other do; the map is then as if each were an image of its own.
  private func hasMatrices(
    _ map: inout pith_tensor, _ instruction: InstructionPointer, _ flag: UInt32
  ) -> Bool {
    guard UInt32(instruction.pointee.flags) & flag != 0 else { return true }
    let count = UInt32(bitPattern: instruction.pointee.immediate_i)
    guard map.batch == 1, count > 0 else { return false }
    let channels = map.channels / count
    guard channels &* count == map.channels, channels & 3 == 0, channels > 0 else { return false }
    (map.dims.0, map.dims.3) = (count, channels)
    return true
  }

  /// Whether multipliers of so many channels, up to a multiple of 16, are there.
  func hasMultipliers(at place: UInt32, channels: Size) -> Bool {
    place & 3 == 0
      && isInConstants(UInt64(widening: place), (channels.rounded(to: 16) * Size(4 as UInt32)).value)
  }

  func isLegalLayerNorm(_ instruction: InstructionPointer) -> Bool {
    let record = instruction.pointee
    guard let input = byteInput(record.inputs.0)?.pointee, let output = byteOutput(instruction)?.pointee
    else { return false }
    let bytes = (Size(input.channels) * Size(4 as UInt32)).value
    return output.hasShape(of: input) && isDisjoint(input, output) && input.channels <= 1 << 20
      && record.immediate_f.0.isFinite && record.immediate_f.0 >= 0 && record.bias & 3 == 0
      && record.multiplier & 3 == 0 && isInConstants(UInt64(widening: record.bias), bytes)
      && isInConstants(UInt64(widening: record.multiplier), bytes)
  }

  func isLegalEmbedding(_ instruction: InstructionPointer) -> Bool {
    let record = instruction.pointee
    guard let indices = floatInput(record.inputs.0)?.pointee, let table = byteInput(record.inputs.1)?.pointee,
      let output = byteOutput(instruction)?.pointee
    else { return false }
    return table.batch == 1 && table.height == 1 && table.channels == output.channels
      && indices.elements == output.pixels && isDisjoint(indices, output) && isDisjoint(table, output)
  }

  func isLegalResize(_ instruction: InstructionPointer) -> Bool {
    let record = instruction.pointee
    guard let input = byteInput(record.inputs.0)?.pointee, let output = byteOutput(instruction)?.pointee
    else { return false }
    let taps = Size(output.height) + Size(output.width)
    let bytes = taps * Size(UInt32(truncatingIfNeeded: MemoryLayout<pith_resize_record>.size))
    return input.batch == output.batch && input.channels == output.channels && isDisjoint(input, output)
      && record.table & 3 == 0 && isInConstants(UInt64(widening: record.table), bytes.value)
      && record.immediate_f.0.isFinite
  }
}
