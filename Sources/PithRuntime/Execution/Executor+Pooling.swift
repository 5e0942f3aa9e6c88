import CPith
import CPithKernels

private typealias PoolKernel = @convention(c) (UnsafePointer<pith_pool_args>?) -> Void

/// Pieces of a pool for `pith_parallel`: each a band of output rows.
private struct PoolBands {
  let kernel: PoolKernel
  let arguments: pith_pool_args
  let height, band: Int32
}

extension Executor {
  func pool(
    _ instruction: InstructionPointer, _ kernel: (@convention(c) (UnsafePointer<pith_pool_args>?) -> Void)?
  ) {
    guard let kernel else { return }
    let window = instruction.pointee.window
    let input = tensor(instruction.pointee.inputs.0)
    let output = tensor(instruction.pointee.output)
    var arguments = arguments(window, input, output)
    arguments.multiplier = instruction.pointee.immediate_f.0
    let height = int32(output.pointee.height)
    let perRow =
      UInt64(widening: output.pointee.width) &* UInt64(widening: output.pointee.channels)
      &* UInt64(widening: UInt32(bitPattern: window.kernel_h &* window.kernel_w))
    let pieces = pieces(rows: height, perRow: perRow)
    var from = UnsafePointer(bytes(input))
    var to = bytes(output)
    var image: UInt32 = 0
    while image < output.pointee.batch {
      arguments.input = from
      arguments.output = to
      if let parallel, pieces > 1 {
        let band = (height &+ pieces &- 1) / pieces
        var bands = PoolBands(kernel: kernel, arguments: arguments, height: height, band: band)
        let count = UInt32(truncatingIfNeeded: (height &+ band &- 1) / band)
        withUnsafeMutablePointer(to: &bands) { context in
          parallel(self.pool, count, runPoolBand, UnsafeMutableRawPointer(context))
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

  private func arguments(
    _ window: pith_window, _ input: TensorPointer, _ output: TensorPointer
  ) -> pith_pool_args {
    var arguments = pith_pool_args()
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
    arguments.pad_bottom = window.pad_bottom
    arguments.pad_right = window.pad_right
    arguments.channels = Int32(truncatingIfNeeded: output.pointee.usedBytes)
    arguments.count_padding = window.extent
    arguments.in_zero = input.pointee.zero_point
    arguments.out_zero = output.pointee.zero_point
    arguments.out_min = window.clamp_min
    arguments.out_max = window.clamp_max
    return arguments
  }
}

private func runPoolBand(_ context: UnsafeMutableRawPointer?, _ index: UInt32) {
  guard let context else { return }
  let bands = context.assumingMemoryBound(to: PoolBands.self)
  var arguments = bands.pointee.arguments
  arguments.row_begin = Int32(truncatingIfNeeded: index) &* bands.pointee.band
  let end = arguments.row_begin &+ bands.pointee.band
  arguments.row_end = end < bands.pointee.height ? end : bands.pointee.height
  bands.pointee.kernel(&arguments)
}
