import CPith
import CPithKernels

private typealias ConvertKernel = @convention(c) (UnsafePointer<pith_convert_args>?) -> Void

/// A conversion in shares of rows.
private struct SharedConversion {
  let kernel: ConvertKernel
  let arguments: pith_convert_args
  let shares: Shares

  func run(_ index: UInt32) {
    var arguments = arguments
    let begin = shares.begin(index)
    arguments.height = shares.end(index) &- begin
    arguments.real += Int(begin) &* arguments.f_row
    arguments.bytes += Int(begin) &* Int(arguments.row_stride)
    kernel(&arguments)
  }
}

extension Executor {
  /// The caller's floats to bytes.
  func quantize(_ instruction: InstructionPointer) {
    let move = instruction.pointee.move
    convert(
      instruction, kernels.pointee.quantize, real: tensor(instruction.pointee.inputs.0),
      map: tensor(instruction.pointee.output), strides: move.input_strides, realOffset: move.input_offset,
      byteOffset: move.output_offset)
  }

  /// Bytes to floats.
  func dequantize(_ instruction: InstructionPointer) {
    let move = instruction.pointee.move
    convert(
      instruction, kernels.pointee.dequantize, real: tensor(instruction.pointee.output),
      map: tensor(instruction.pointee.inputs.0), strides: move.output_strides,
      realOffset: move.output_offset, byteOffset: move.input_offset)
  }

  private func convert(
    _ instruction: InstructionPointer,
    _ kernel: (@convention(c) (UnsafePointer<pith_convert_args>?) -> Void)?,
    real: TensorPointer, map: TensorPointer, strides: Axes, realOffset: UInt32, byteOffset: UInt32
  ) {
    guard let kernel else { return }
    let dims = instruction.pointee.move.dims
    var arguments = pith_convert_args()
    arguments.real = floats(real) + int(realOffset)
    arguments.bytes = bytes(map) + int(byteOffset)
    arguments.height = int32(dims.1)
    arguments.width = int32(dims.2)
    arguments.channels = int32(dims.3)
    arguments.padded_channels = Int32(truncatingIfNeeded: map.pointee.usedBytes)
    arguments.f_row = int(strides.1)
    arguments.f_column = int(strides.2)
    arguments.f_channel = int(strides.3)
    arguments.row_stride = Int32(truncatingIfNeeded: map.pointee.rowBytes)
    arguments.pixel_stride = int32(map.pointee.pixel_stride)
    arguments.scale = map.pointee.scale
    arguments.zero = map.pointee.zero_point
    var image: UInt32 = 0
    // An element takes as long as about 32 multiply-adds.
    let cost = 32 &* UInt64(widening: int(dims.1) &* int(dims.2) &* int(dims.3))
    let shares = Shares(arguments.height, unit: 1, pieces: pieces(cost: cost, most: arguments.height))
    while image < dims.0 {
      var shared = SharedConversion(kernel: kernel, arguments: arguments, shares: shares)
      share(&shared, shares.count) { context, index in
        context?.assumingMemoryBound(to: SharedConversion.self).pointee.run(index)
      }
      arguments.real += int(strides.0)
      arguments.bytes += map.pointee.imageBytes
      image &+= 1
    }
  }

  func copy(_ instruction: InstructionPointer) {
    var move = instruction.pointee.move
    let from = UnsafePointer(bytes(tensor(instruction.pointee.inputs.0))) + int(move.input_offset)
    let to = bytes(tensor(instruction.pointee.output)) + int(move.output_offset)
    let number = instruction.pointee.table
    let table = number == PITH_NONE ? nil : constants(number).assumingMemoryBound(to: UInt8.self)
    withAxes(&move.dims) { dims in
      withAxes(&move.input_strides) { inputStrides in
        withAxes(&move.output_strides) { outputStrides in
          pith_u8_copy(from, to, dims, inputStrides, outputStrides, table)
        }
      }
    }
  }

  func floatCopy(_ instruction: InstructionPointer) {
    var move = instruction.pointee.move
    let from = UnsafePointer(floats(tensor(instruction.pointee.inputs.0))) + int(move.input_offset)
    let to = floats(tensor(instruction.pointee.output)) + int(move.output_offset)
    withAxes(&move.dims) { dims in
      withAxes(&move.input_strides) { inputStrides in
        withAxes(&move.output_strides) { outputStrides in
          pith_f32_copy(from, to, dims, inputStrides, outputStrides)
        }
      }
    }
  }
}

/// Six axes as the C array that they are.
@inline(__always)
func withAxes(_ axes: inout Axes, _ body: (UnsafePointer<UInt32>) -> Void) {
  withUnsafePointer(to: &axes) { body(UnsafeRawPointer($0).assumingMemoryBound(to: UInt32.self)) }
}
