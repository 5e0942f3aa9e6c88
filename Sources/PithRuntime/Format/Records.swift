import CPith

typealias TensorPointer = UnsafePointer<pith_tensor>
typealias InstructionPointer = UnsafePointer<pith_instruction>
/// How C's `uint32_t[PITH_MAX_RANK]` is seen here.
typealias Axes = (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32)

/// The element of a C array of six; 0 outside.
@inline(__always)
func axis(_ axes: Axes, _ index: UInt32) -> UInt32 {
  switch index {
  case 0: return axes.0
  case 1: return axes.1
  case 2: return axes.2
  case 3: return axes.3
  case 4: return axes.4
  case 5: return axes.5
  default: return 0
  }
}

extension pith_model {
  /// The record of tensor `number`, which is below tensor_count. Records of a newer minor version may be larger.
  @inline(__always)
  func tensor(_ number: UInt32) -> TensorPointer {
    let bytes = Int(truncatingIfNeeded: number) &* Int(truncatingIfNeeded: tensor_stride)
    return (UnsafeRawPointer(tensors!) + bytes).assumingMemoryBound(to: pith_tensor.self)
  }

  /// The record of instruction `number`, which is below instruction_count.
  @inline(__always)
  func instruction(_ number: UInt32) -> InstructionPointer {
    let bytes = Int(truncatingIfNeeded: number) &* Int(truncatingIfNeeded: instruction_stride)
    return (UnsafeRawPointer(instructions!) + bytes).assumingMemoryBound(to: pith_instruction.self)
  }
}

extension pith_tensor {
  var isBytes: Bool { UInt32(type) == PITH_U8.rawValue }
  var isFloat: Bool { UInt32(type) == PITH_F32.rawValue }
  func isIn(_ wanted: pith_space) -> Bool { UInt32(space) == wanted.rawValue }

  /// Of a map of bytes: [batch][height][width][channels].
  @inline(__always)
  var batch: UInt32 { dims.0 }
  @inline(__always)
  var height: UInt32 { dims.1 }
  @inline(__always)
  var width: UInt32 { dims.2 }
  @inline(__always)
  var channels: UInt32 { dims.3 }

  var pixels: Size { Size(batch) * Size(height) * Size(width) }
  /// Bytes of a pixel that instructions read and write: the channels up to a multiple of 4.
  var pixelBytes: Size {
    let padded = Size(channels).rounded(to: 4)
    return padded <= Size(pixel_stride) ? padded : Size(pixel_stride)
  }
  var rowStride: Size { Size(width) * Size(pixel_stride) }
  var imageStride: Size { rowStride * Size(height) }
  var elements: Size {
    Size(dims.0) * Size(dims.1) * Size(dims.2) * Size(dims.3) * Size(dims.4) * Size(dims.5)
  }

  func hasShape(of other: pith_tensor) -> Bool {
    rank == other.rank && dims.0 == other.dims.0 && dims.1 == other.dims.1 && dims.2 == other.dims.2
      && dims.3 == other.dims.3 && dims.4 == other.dims.4 && dims.5 == other.dims.5
  }
}
