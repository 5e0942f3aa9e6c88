import CPith
import CPithKernels

private typealias ConvolutionKernel = @convention(c) (UnsafePointer<pith_conv_args>?) -> Void

/// Pieces of a convolution for `pith_parallel`: each a band of output rows.
private struct ConvolutionBands {
  let kernel: ConvolutionKernel
  let arguments: pith_conv_args
  let height, band: Int32
}

extension Executor {
  /// Multiply-adds below which splitting an instruction costs more than it gains.
  static var worthSplitting: UInt64 { 200_000 }

  /// Convolution, 1×1, matrix product, first layer.
  func convolve(_ instruction: InstructionPointer) {
    guard let kernel = kernels.pointee.conv else { return }
    let window = instruction.pointee.window
    let reduction = UInt64(
      widening: UInt32(bitPattern: window.kernel_h &* window.kernel_w &* window.tap_bytes))
    let perPixel = UInt64(widening: UInt32(bitPattern: window.extent)) &* reduction
    convolve(instruction, kernel, kept: nil, perPixel: perPixel)
  }

  /// The same without the weights' zero blocks.
  func convolveSparse(_ instruction: InstructionPointer) {
    guard let kernel = kernels.pointee.conv_sparse else { return }
    let kept = constants(instruction.pointee.table).assumingMemoryBound(to: UInt16.self)
    var perPixel: UInt64 = 0
    if threads > 1 {
      var list = kept
      var channel: Int32 = 0
      while channel < instruction.pointee.window.extent {
        let count = UInt32(list.pointee)
        perPixel &+= UInt64(widening: count) &* 64
        list += int(count) &+ 1
        channel &+= 16
      }
    }
    convolve(instruction, kernel, kept: kept, perPixel: perPixel)
  }

  /// - Parameter perPixel: multiply-adds, by which the work may be split.
  private func convolve(
    _ instruction: InstructionPointer, _ kernel: ConvolutionKernel, kept: UnsafePointer<UInt16>?,
    perPixel: UInt64
  ) {
    let window = instruction.pointee.window
    let input = tensor(instruction.pointee.inputs.0)
    let output = tensor(instruction.pointee.output)
    var arguments = arguments(instruction, window, input, output)
    arguments.tap_bytes = window.tap_bytes
    arguments.channels = window.extent
    arguments.kept = kept
    let perRow = UInt64(widening: output.pointee.width) &* perPixel
    if window.hasPads {
      arguments.padding = fillPadding(instruction, input, bytes: Int(window.tap_bytes))
    }
    run(
      kernel, &arguments, input, output, perRow: perRow, inputOffset: Int(window.input_channel),
      outputOffset: Int(window.output_channel))
  }

  func convolveDepthwise(_ instruction: InstructionPointer) {
    guard let kernel = kernels.pointee.depthwise else { return }
    let window = instruction.pointee.window
    let input = tensor(instruction.pointee.inputs.0)
    let output = tensor(instruction.pointee.output)
    var arguments = arguments(instruction, window, input, output)
    arguments.channels = Int32(truncatingIfNeeded: output.pointee.usedBytes)
    if window.hasPads { arguments.padding = fillPadding(instruction, input, bytes: 16) }
    let perRow =
      UInt64(widening: output.pointee.width) &* UInt64(widening: output.pointee.channels)
      &* UInt64(widening: UInt32(bitPattern: window.kernel_h &* window.kernel_w))
    run(kernel, &arguments, input, output, perRow: perRow, inputOffset: 0, outputOffset: 0)
  }

  private func arguments(
    _ instruction: InstructionPointer, _ window: pith_window, _ input: TensorPointer, _ output: TensorPointer
  ) -> pith_conv_args {
    var arguments = pith_conv_args()
    // Where every block is zero there may be none.
    if let weights = model.pointee.weights {
      arguments.weights =
        (UnsafeRawPointer(weights) + int(instruction.pointee.weights)).assumingMemoryBound(to: Int8.self)
    }
    arguments.bias = constants(instruction.pointee.bias).assumingMemoryBound(to: Int32.self)
    let multiplier = instruction.pointee.multiplier
    if multiplier & 1 == 0 {
      arguments.multiplier = constants(multiplier).assumingMemoryBound(to: Float.self)
    } else {
      arguments.codes = constants(multiplier &- 1).assumingMemoryBound(to: UInt8.self)
      arguments.unit = instruction.pointee.immediate_f.0
    }
    arguments.in_height = int32(input.pointee.height)
    arguments.in_width = int32(input.pointee.width)
    arguments.in_row_stride = Int32(truncatingIfNeeded: input.pointee.rowBytes)
    arguments.in_pixel_stride = int32(input.pointee.pixel_stride)
    arguments.out_width = int32(output.pointee.width)
    arguments.out_row_stride = Int32(truncatingIfNeeded: output.pointee.rowBytes)
    arguments.out_pixel_stride = int32(output.pointee.pixel_stride)
    arguments.kernel_h = window.kernel_h
    arguments.kernel_w = window.kernel_w
    arguments.stride_h = window.stride_h
    arguments.stride_w = window.stride_w
    arguments.dilation_h = window.dilation_h
    arguments.dilation_w = window.dilation_w
    arguments.pad_top = window.pad_top
    arguments.pad_left = window.pad_left
    arguments.out_zero = output.pointee.zero_point
    arguments.out_min = window.clamp_min
    arguments.out_max = window.clamp_max
    return arguments
  }

  /// Writes the zero points that taps outside the map read.
  private func fillPadding(
    _ instruction: InstructionPointer, _ input: TensorPointer, bytes: Int
  ) -> UnsafePointer<UInt8> {
    let count = bytes > 16 ? bytes : 16
    let scratch = arena + int(instruction.pointee.scratch)
    set(scratch, count, UInt8(truncatingIfNeeded: input.pointee.zero_point))
    return UnsafePointer(scratch.assumingMemoryBound(to: UInt8.self))
  }

  private func run(
    _ kernel: ConvolutionKernel, _ arguments: inout pith_conv_args, _ input: TensorPointer,
    _ output: TensorPointer, perRow: UInt64, inputOffset: Int, outputOffset: Int
  ) {
    let height = int32(output.pointee.height)
    let pieces = pieces(rows: height, perRow: perRow)
    var from = UnsafePointer(bytes(input)) + inputOffset
    var to = bytes(output) + outputOffset
    var image: UInt32 = 0
    while image < output.pointee.batch {
      arguments.input = from
      arguments.output = to
      if let parallel, pieces > 1 {
        let band = (height &+ pieces &- 1) / pieces
        var bands = ConvolutionBands(kernel: kernel, arguments: arguments, height: height, band: band)
        let count = UInt32(truncatingIfNeeded: (height &+ band &- 1) / band)
        withUnsafeMutablePointer(to: &bands) { context in
          parallel(pool, count, runConvolutionBand, UnsafeMutableRawPointer(context))
        }
      } else {
        arguments.row_begin = 0
        arguments.row_end = height
        kernel(&arguments)
      }
      from += input.pointee.imageBytes
      to += output.pointee.imageBytes
      image &+= 1
    }
  }

  /// How many bands of rows to run at the same time.
  func pieces(rows: Int32, perRow: UInt64) -> Int32 {
    guard threads > 1, parallel != nil else { return 1 }
    let total = perRow &* UInt64(widening: UInt32(bitPattern: rows))
    if total < Executor.worthSplitting { return 1 }
    let most = total / (Executor.worthSplitting / 2)
    let wanted = UInt64(widening: threads) < most ? UInt64(widening: threads) : most
    return wanted < UInt64(widening: UInt32(bitPattern: rows)) ? Int32(truncatingIfNeeded: wanted) : rows
  }
}

private func runConvolutionBand(_ context: UnsafeMutableRawPointer?, _ index: UInt32) {
  guard let context else { return }
  let bands = context.assumingMemoryBound(to: ConvolutionBands.self)
  var arguments = bands.pointee.arguments
  arguments.row_begin = Int32(truncatingIfNeeded: index) &* bands.pointee.band
  let end = arguments.row_begin &+ bands.pointee.band
  arguments.row_end = end < bands.pointee.height ? end : bands.pointee.height
  bands.pointee.kernel(&arguments)
}

/// memset, which the compiler makes of it.
@inline(__always)
func set(_ memory: UnsafeMutableRawPointer, _ count: Int, _ value: UInt8) {
  memory.initializeMemory(as: UInt8.self, repeating: value, count: count)
}
