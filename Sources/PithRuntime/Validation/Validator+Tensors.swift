import CPith

extension Validator {
  /// Whether the tensor's shape, type and place are possible. That the bound inputs and outputs are there, the
  /// interface's check sees.
  func isLegal(tensor: pith_tensor) -> Bool {
    guard tensor.rank <= UInt8(truncatingIfNeeded: PITH_MAX_RANK), isName(tensor.name) else { return false }
    var index: UInt32 = 0
    while index < UInt32(PITH_MAX_RANK) {
      let size = axis(tensor.dims, index)
      if size == 0 || (index >= UInt32(tensor.rank) && size != 1) { return false }
      index &+= 1
    }
    guard tensor.bytes <= UInt64(widening: PITH_MAX_TENSOR_BYTES) else { return false }
    let bytes = Size(saturating: tensor.bytes)
    if tensor.isBytes {
      guard isLegalMap(tensor, bytes) else { return false }
    } else {
      guard tensor.isFloat, tensor.pixel_stride == 0 else { return false }
      // The interface's tensors have their number for an offset.
      let isBound = tensor.isIn(PITH_SPACE_INPUT) || tensor.isIn(PITH_SPACE_OUTPUT)
      guard tensor.elements * Size(4 as UInt32) == bytes, isBound || tensor.offset & 3 == 0 else {
        return false
      }
    }
    if tensor.isIn(PITH_SPACE_ARENA) {
      return tensor.offset & 3 == 0 && isInArena(tensor.offset, tensor.bytes)
    }
    if tensor.isIn(PITH_SPACE_CONSTANTS) { return isInConstants(tensor.offset, tensor.bytes) }
    return tensor.isFloat && (tensor.isIn(PITH_SPACE_INPUT) || tensor.isIn(PITH_SPACE_OUTPUT))
  }

  private func isLegalMap(_ tensor: pith_tensor, _ bytes: Size) -> Bool {
    let stride = tensor.pixel_stride
    guard tensor.rank == 4, stride >= tensor.channels, stride & 3 == 0 || stride == tensor.channels else {
      return false
    }
    let full = tensor.pixels * Size(stride)
    let least = (tensor.pixels - Size.one) * Size(stride) + tensor.pixelBytes
    return full <= Size.largestTensor && least <= bytes && bytes <= full && tensor.scale.isFinite
      && tensor.scale > 0 && tensor.zero_point >= 0 && tensor.zero_point <= 255
  }

  /// Whether bytes of the arena, and what vector loads may read after them, are there.
  func isInArena(_ offset: UInt64, _ bytes: UInt64) -> Bool {
    bytes <= arenaBytes && slack <= arenaBytes &- bytes && offset <= arenaBytes &- bytes &- slack
  }

  func isInConstants(_ offset: UInt64, _ bytes: UInt64) -> Bool {
    bytes <= model.constants_bytes && offset <= model.constants_bytes &- bytes
  }
}
