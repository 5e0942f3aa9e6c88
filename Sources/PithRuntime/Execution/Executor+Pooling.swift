import CPith
import CPithKernels

private typealias PoolKernel = @convention(c) (UnsafePointer<pith_pool_args>?) -> Void

/// A pool in shares of output rows.
private struct SharedPool {
  let kernel: PoolKernel
  let arguments: pith_pool_args
  let shares: Shares

  func run(_ index: UInt32) {
    var arguments = arguments
    (arguments.row_begin, arguments.row_end) = (shares.begin(index), shares.end(index))
    kernel(&arguments)
  }
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
    let pieces = pieces(cost: perRow &* UInt64(widening: output.pointee.height), most: height)
    var from = UnsafePointer(bytes(input))
    var to = bytes(output)
    var image: UInt32 = 0
    while image < output.pointee.batch {
      arguments.input = from
      arguments.output = to
      var shared = SharedPool(
        kernel: kernel, arguments: arguments, shares: Shares(height, unit: 1, pieces: pieces))
      share(&shared, shared.shares.count) { context, index in
        context?.assumingMemoryBound(to: SharedPool.self).pointee.run(index)
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
