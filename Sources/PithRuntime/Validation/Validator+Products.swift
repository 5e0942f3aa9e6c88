import CPith

extension Validator {
  func isLegalMatmul(_ instruction: InstructionPointer) -> Bool {
    let record = instruction.pointee
    let window = record.window
    guard let a = byteInput(record.inputs.0), let b = byteInput(record.inputs.1),
      let output = byteOutput(instruction), a.pointee.height == 1, b.pointee.height == 1,
      output.pointee.height == 1, b.pointee.zero_point == 128, record.flags & 0xFF <= PITH_MATMUL_FLAGS,
      isDisjoint(a.pointee, output.pointee), isDisjoint(b.pointee, output.pointee),
      isByteRange(window.clamp_min, window.clamp_max)
    else { return false }
    let first = matrices(a, instruction, PITH_MATMUL_FIRST_BESIDE)
    let second = matrices(b, instruction, PITH_MATMUL_SECOND_BESIDE)
    let product = matrices(output, instruction, PITH_MATMUL_OUTPUT_BESIDE)
    let isTransposed = UInt32(record.flags) & PITH_MATMUL_TRANSPOSED != 0
    let depth = isTransposed ? second.columns : b.pointee.width
    let columns = isTransposed ? b.pointee.width : second.columns
    let tap = Size(depth).rounded(to: 4)
    let scratches = Size(UInt32(record.flags &>> UInt16(PITH_MATMUL_SCRATCH_SHIFT)) &+ 1)
    let one = pith_matmul_scratch(UInt64(widening: depth), UInt64(widening: columns))
    let bytes = (Size(saturating: one) * scratches).value
    return product.count > 0 && first.count == product.count
      && (second.count == product.count || second.count == 1)
      && a.pointee.width == output.pointee.width && first.columns == depth && product.columns == columns
      && Size(window.tap_bytes) == tap && tap <= a.pointee.pixelBytes
      && Size(window.extent) == Size(columns).rounded(to: 4)
      && Size(window.extent) <= output.pointee.pixelBytes && Size(saturating: bytes) <= Size.largestTensor
      && hasMultipliers(at: record.multiplier, channels: Size(columns))
      && isScratch(instruction, bytes, apartFrom: a.pointee, output.pointee)
      && (!b.pointee.isIn(PITH_SPACE_ARENA)
        || areApart(UInt64(widening: record.scratch), bytes, b.pointee.offset, b.pointee.bytes))
  }

  /// How many matrices a map holds and the columns of each, as they lie: one for each image or, where the flag says so, beside
  /// each other in the channels of one; none where they cannot.
  @inline(never)
  private func matrices(
    _ map: TensorPointer, _ instruction: InstructionPointer, _ flag: UInt32
  ) -> (count: UInt32, columns: UInt32) {
    let (images, channels) = (map.pointee.batch, map.pointee.channels)
    guard UInt32(instruction.pointee.flags) & flag != 0 else { return (images, channels) }
    let count = UInt32(bitPattern: instruction.pointee.immediate_i)
    // One alone lies beside nothing.
    let columns = count > 1 ? channels / count : 0
    return images == 1 && columns & 3 == 0 && columns &* count == channels ? (count, columns) : (0, 0)
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
