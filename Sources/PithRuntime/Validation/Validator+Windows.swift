import CPith

/// One axis of a window that slides over a map.
struct WindowAxis {
  let kernel, stride, dilation, padBefore, padAfter: Int32

  private static var most: Int32 { 1 &<< 20 }

  private func isIn(_ least: Int32, _ value: Int32) -> Bool { value >= least && value <= WindowAxis.most }

  var isLegal: Bool {
    isIn(1, kernel) && isIn(1, stride) && isIn(1, dilation) && isIn(0, padBefore) && isIn(0, padAfter)
  }

  /// The map's size with its pads, of a legal axis over a legal tensor: below 2^32.
  func padded(_ size: UInt32) -> Size { Size(size) + Size(padBefore) + Size(padAfter) }

  /// Whether a legal axis makes `output` positions from `size`, or where it pools so many pairs of them.
  func makes(_ output: UInt32, from size: UInt32, ceiling: Bool, pools: Bool = false) -> Bool {
    let extent = (Size(kernel) - Size.one) * Size(dilation) + Size.one
    let whole = padded(size)
    guard extent <= whole, output >= 1 else { return false }
    let room = UInt32(truncatingIfNeeded: (whole - extent).value)
    let step = UInt32(truncatingIfNeeded: stride)
    guard step > 0 else { return false }
    let steps = room / step
    if pools { return output == (steps &+ 1) / 2 }
    if output &- 1 == steps { return true }
    // The last window of a pool may end after the pads, if it begins before them.
    return ceiling && output &- 1 == steps &+ 1 && steps &* step != room
      && (Size(steps) + Size.one) * Size(step) < Size(size) + Size(padBefore)
  }
}

extension pith_window {
  var vertical: WindowAxis {
    WindowAxis(
      kernel: kernel_h, stride: stride_h, dilation: dilation_h, padBefore: pad_top, padAfter: pad_bottom)
  }
  var horizontal: WindowAxis {
    WindowAxis(
      kernel: kernel_w, stride: stride_w, dilation: dilation_w, padBefore: pad_left, padAfter: pad_right)
  }
  var hasPads: Bool { pad_top > 0 || pad_left > 0 || pad_bottom > 0 || pad_right > 0 }
  var positions: Size { Size(kernel_h) * Size(kernel_w) }
}

extension pith_instruction {
  /// Whether a convolution makes the largest of each 2×2 of its outputs.
  var pools: Bool { UInt32(flags) & PITH_CONV_POOLS != 0 }
  /// Whether it may.
  var canPool: Bool { opcode == UInt16(PITH_OP_CONV.rawValue) && UInt32(flags) & PITH_CONV_ADDS == 0 }
}

extension Validator {
  func isLegalConvolution(_ instruction: InstructionPointer) -> Bool {
    let window = instruction.pointee.window
    let blocks = Size(window.extent).rounded(to: 16)
    return isLegalBesidesWeights(instruction)
      && hasWeights(instruction, bytes: blocks * (window.positions * Size(window.tap_bytes)))
  }

  /// Whether the map that a convolution adds, if any, lies as its output does.
  func hasAddend(_ instruction: InstructionPointer) -> Bool {
    let record = instruction.pointee
    guard UInt32(record.flags) & PITH_CONV_ADDS != 0 else { return true }
    guard let output = byteOutput(instruction)?.pointee, let addend = byteInput(record.inputs.1)?.pointee
    else { return false }
    let window = record.window
    let padding = paddingBytes(Size(window.tap_bytes)).value
    let isSafe =
      !window.hasPads || !addend.isIn(PITH_SPACE_ARENA)
      || areApart(UInt64(widening: record.scratch), padding, addend.offset, addend.bytes)
    return addend.hasShape(of: output) && addend.pixel_stride == output.pixel_stride
      && isDisjointOrSame(addend, output) && record.immediate_f.1.isFinite && isSafe
  }

  /// What a convolution must be, whatever the form of its weights.
  func isLegalBesidesWeights(_ instruction: InstructionPointer) -> Bool {
    let window = instruction.pointee.window
    guard let input = anyByteInput(instruction.pointee.inputs.0)?.pointee,
      let output = byteOutput(instruction)?.pointee, input.batch == output.batch,
      isDisjoint(input, output), isByteRange(window.clamp_min, window.clamp_max)
    else { return false }
    let vertical = window.vertical
    let horizontal = window.horizontal
    let pools = instruction.pointee.pools
    guard !pools || instruction.pointee.canPool, vertical.isLegal, horizontal.isLegal, isSmall(input, window),
      vertical.makes(output.height, from: input.height, ceiling: false, pools: pools)
    else { return false }
    let tap = Size(window.tap_bytes)
    guard window.tap_bytes >= 4, window.tap_bytes & 3 == 0, tap <= Size.largestTensor else { return false }
    if tap <= Size(input.pixel_stride) {
      guard Size(window.input_channel) + tap <= input.pixelBytes,
        horizontal.makes(output.width, from: input.width, ceiling: false, pools: pools)
      else { return false }
    } else {
      // A merged first layer: the kernel's row lies in one tap. The last may end 3 bytes late, on zero weights.
      let columns = Size(output.width) * Size(pools ? 2 as UInt32 : 1)
      let last = (columns - Size.one) * Size(window.stride_w) * Size(input.pixel_stride)
      guard window.kernel_w == 1, window.input_channel == 0, window.pad_left == 0, window.pad_right == 0,
        last + tap <= input.rowStride + Size(3 as UInt32),
        Size(saturating: input.bytes) == input.pixels * Size(input.pixel_stride)
      else { return false }
    }
    guard window.extent >= 4, window.extent & 3 == 0,
      Size(window.output_channel) + Size(window.extent) <= output.pixelBytes
    else { return false }
    return hasRequantization(instruction, channels: Size(window.extent)) && hasAddend(instruction)
      && hasPadding(instruction, window, bytes: tap, input, output)
  }

  func isLegalDepthwise(_ instruction: InstructionPointer) -> Bool {
    let window = instruction.pointee.window
    guard let input = byteInput(instruction.pointee.inputs.0)?.pointee,
      let output = byteOutput(instruction)?.pointee, input.batch == output.batch,
      input.channels == output.channels, isDisjoint(input, output),
      isByteRange(window.clamp_min, window.clamp_max), slides(window, input, output, ceiling: false)
    else { return false }
    let perChannel = Size(window.kernel_w) * Size(window.kernel_h).rounded(to: 4)
    return hasRequantization(instruction, channels: Size(output.channels))
      && hasWeights(instruction, bytes: Size(output.channels).rounded(to: 16) * perChannel)
      && hasPadding(instruction, window, bytes: Size.one, input, output)
  }

  func isLegalPool(_ instruction: InstructionPointer, averages: Bool) -> Bool {
    let window = instruction.pointee.window
    guard let input = byteInput(instruction.pointee.inputs.0)?.pointee,
      let output = byteOutput(instruction)?.pointee, input.batch == output.batch,
      input.channels == output.channels, isDisjoint(input, output),
      isByteRange(window.clamp_min, window.clamp_max), slides(window, input, output, ceiling: true)
    else { return false }
    return isLegalCount(window, averages: averages)
      && (!averages || instruction.pointee.immediate_f.0.isFinite)
  }

  func isLegalCount(_ window: pith_window, averages: Bool) -> Bool {
    window.positions <= Size(PITH_MAX_WINDOW) && window.extent >= 0 && window.extent <= (averages ? 1 : 0)
  }

  private func slides(
    _ window: pith_window, _ input: pith_tensor, _ output: pith_tensor, ceiling: Bool
  ) -> Bool {
    window.vertical.isLegal && window.horizontal.isLegal && isSmall(input, window)
      && window.vertical.makes(output.height, from: input.height, ceiling: ceiling)
      && window.horizontal.makes(output.width, from: input.width, ceiling: ceiling)
  }

  /// Whether every byte of an image with its pads can be addressed in 32 bits. The window is legal.
  private func isSmall(_ map: pith_tensor, _ window: pith_window) -> Bool {
    window.vertical.padded(map.height) * window.horizontal.padded(map.width) * Size(map.pixel_stride)
      <= Size.largestTensor
  }

  /// Whether so many bytes of packed weights are there.
  func hasWeights(_ instruction: InstructionPointer, bytes: Size) -> Bool {
    hasWeights(at: instruction.pointee.weights, bytes: bytes)
  }

  func hasWeights(at place: UInt32, bytes: Size) -> Bool {
    let start = UInt64(widening: place)
    return bytes < Size(saturating: Size.limit) && start & (alignment &- 1) == 0
      && bytes.value <= model.weights_bytes && start <= model.weights_bytes &- bytes.value
  }

  /// Whether bias and multipliers, or their codes, of so many channels, up to a multiple of 16, are there.
  func hasRequantization(_ instruction: InstructionPointer, channels: Size) -> Bool {
    let place = instruction.pointee.multiplier
    guard hasMultipliers(at: instruction.pointee.bias, channels: channels) else { return false }
    if place & 1 == 0 { return hasMultipliers(at: place, channels: channels) }
    return instruction.pointee.immediate_f.0.isFinite
      && isInConstants(UInt64(widening: place &- 1), channels.rounded(to: 16).value)
  }

  /// Whether there is room for the zero points that taps outside the map read, if there are such.
  private func hasPadding(
    _ instruction: InstructionPointer, _ window: pith_window, bytes: Size, _ input: pith_tensor,
    _ output: pith_tensor
  ) -> Bool {
    if !window.hasPads { return true }
    let scratch = UInt64(widening: instruction.pointee.scratch)
    let room = paddingBytes(bytes).value
    guard scratch & (alignment &- 1) == 0, isInArena(scratch, room) else { return false }
    return areApart(scratch, room, output.offset, output.bytes)
      && (!input.isIn(PITH_SPACE_ARENA) || areApart(scratch, room, input.offset, input.bytes))
  }
}

/// Bytes of zero points that a convolution's taps of so many bytes need.
@inline(__always)
func paddingBytes(_ tap: Size) -> Size { Size(16 as UInt32) <= tap ? tap : Size(16 as UInt32) }
