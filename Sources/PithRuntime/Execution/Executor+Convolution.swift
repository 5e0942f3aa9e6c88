import CPith
import CPithKernels

private typealias ConvolutionKernel = @convention(c) (UnsafePointer<pith_conv_args>?) -> Void

/// A convolution in shares.
private struct SharedConvolution {
  /// What the shares are of.
  enum Axis { case rows, pixels, channels }

  let kernel: ConvolutionKernel
  let arguments: pith_conv_args
  let axis: Axis
  let shares: Shares
  /// Bytes of weights of one output channel, and of input that belong to it: those of a depthwise convolution.
  let channelWeights, channelInput: Int

  func run(_ index: UInt32) {
    var arguments = arguments
    let (begin, end) = (shares.begin(index), shares.end(index))
    switch axis {
    case .rows: (arguments.row_begin, arguments.row_end) = (begin, end)
    case .pixels:
      arguments.input += Int(begin) &* Int(arguments.in_pixel_stride)
      arguments.output += Int(begin) &* Int(arguments.out_pixel_stride)
      arguments.in_width = end &- begin
      arguments.out_width = end &- begin
    case .channels:
      arguments.input += Int(begin) &* channelInput
      arguments.take(channels: begin, end, weights: channelWeights)
    }
    kernel(&arguments)
  }
}

extension pith_conv_args {
  /// Leaves only output channels [begin, end), which have so many bytes of weights each.
  mutating func take(channels begin: Int32, _ end: Int32, weights channelWeights: Int) {
    channels = end &- begin
    output += Int(begin)
    weights += Int(begin) &* channelWeights
    bias += Int(begin)
    if multiplier != nil { multiplier += Int(begin) }
    if codes != nil { codes += Int(begin) }
  }
}

extension Executor {
  /// Convolution, 1×1, matrix product, first layer.
  func convolve(_ instruction: InstructionPointer, _ plan: pith_plan) {
    guard let kernel = kernels.pointee.conv else { return }
    let window = instruction.pointee.window
    let reduction = UInt64(
      widening: UInt32(bitPattern: window.kernel_h &* window.kernel_w &* window.tap_bytes))
    let perPixel = UInt64(widening: UInt32(bitPattern: window.extent)) &* reduction
    convolve(instruction, kernel, kept: nil, perPixel: perPixel, plan)
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
    convolve(instruction, kernel, kept: kept, perPixel: perPixel, pith_plan())
  }

  /// - Parameter perPixel: multiply-adds, by which the work may be split.
  private func convolve(
    _ instruction: InstructionPointer, _ kernel: ConvolutionKernel, kept: UnsafePointer<UInt16>?,
    perPixel: UInt64, _ plan: pith_plan
  ) {
    let window = instruction.pointee.window
    let input = tensor(instruction.pointee.inputs.0)
    let output = tensor(instruction.pointee.output)
    var arguments = arguments(instruction, window, input, output)
    arguments.tap_bytes = window.tap_bytes
    arguments.channels = window.extent
    arguments.kept = kept
    arguments.tile_pixels = Int32(plan.pixels)
    arguments.tile_blocks = Int32(plan.blocks)
    arguments.chunk = 16 &* Int32(plan.chunk)
    if UInt32(instruction.pointee.flags) & PITH_CONV_ADDS != 0 {
      let addend = tensor(instruction.pointee.inputs.1)
      arguments.adds = 1
      arguments.addend_zero = addend.pointee.zero_point
      arguments.addend_multiplier = instruction.pointee.immediate_f.1
      arguments.addend =
        Int(bitPattern: address(addend)) &- Int(bitPattern: address(output))
    }
    var perRow = UInt64(widening: output.pointee.width) &* perPixel
    if instruction.pointee.pools {
      arguments.pools = 1
      perRow &*= 4
    }
    if window.hasPads {
      arguments.padding = fillPadding(instruction, input, bytes: Int(window.tap_bytes))
    }
    if UInt32(plan.algorithm) == PITH_ALGORITHM_WINOGRAD.rawValue, Executor.hasThreads {
      arguments.row_end = int32(output.pointee.height)
      arguments.input = UnsafePointer(bytes(input)) + Int(window.input_channel)
      arguments.output = bytes(output) + Int(window.output_channel)
      if convolveByWinograd(arguments, plan, input, output, perRow: perRow) { return }
    }
    run(
      kernel, &arguments, input, output, perRow: perRow, inputOffset: Int(window.input_channel),
      outputOffset: Int(window.output_channel), axis: plan.axis)
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
    run(kernel, &arguments, input, output, perRow: perRow, inputOffset: 0, outputOffset: 0, axis: 0)
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
    _ output: TensorPointer, perRow: UInt64, inputOffset: Int, outputOffset: Int,
    axis: UInt8
  ) {
    let height = int32(output.pointee.height)
    arguments.row_end = height
    var from = UnsafePointer(bytes(input)) + inputOffset
    var to = bytes(output) + outputOffset
    var image: UInt32 = 0
    while image < output.pointee.batch {
      arguments.input = from
      arguments.output = to
      let cost = perRow &* UInt64(widening: output.pointee.height)
      if Executor.hasThreads, threads > 1, cost >= Executor.worthSplitting {
        var shared = shared(kernel, arguments, cost: cost, axis: axis)
        share(&shared, shared.shares.count) { context, index in
          context?.assumingMemoryBound(to: SharedConvolution.self).pointee.run(index)
        }
      } else {
        kernel(&arguments)
      }
      from += input.pointee.imageBytes
      to += output.pointee.imageBytes
      image &+= 1
    }
  }

  /// Divides a convolution: pixels where they follow one another, else rows; or channels where those are more even or
  /// the weights are more than the map, as then each thread reads only its own.
  private func shared(
    _ kernel: ConvolutionKernel, _ arguments: pith_conv_args, cost: UInt64, axis: UInt8
  ) -> SharedConvolution {
    let isDepthwise = arguments.tap_bytes == 0
    let pieces = pieces(cost: cost, most: Int32.max)
    let byChannels = Shares(arguments.channels, unit: 64, pieces: pieces)
    let taps = Int(arguments.kernel_h) &* Int(arguments.kernel_w)
    let channelWeights =
      isDepthwise
      ? Int(arguments.kernel_w) &* Int((arguments.kernel_h &+ 3) & ~3) : taps &* Int(arguments.tap_bytes)
    func shared(_ axis: SharedConvolution.Axis, _ shares: Shares) -> SharedConvolution {
      SharedConvolution(
        kernel: kernel, arguments: arguments, axis: axis, shares: shares, channelWeights: channelWeights,
        channelInput: isDepthwise ? 1 : 0)
    }
    let canBeLine =
      arguments.pools == 0 && arguments.row_end == 1 && taps == 1 && arguments.pad_top == 0
      && arguments.pad_left == 0
      && arguments.stride_w == 1 && arguments.in_width == arguments.out_width
    let isLine = canBeLine && UInt32(axis) != PITH_AXIS_ROWS.rawValue
    let others =
      isLine
      ? shared(.pixels, Shares(arguments.out_width, unit: 12, pieces: pieces))
      : shared(.rows, Shares(arguments.row_end, unit: 1, pieces: pieces))
    // The lists of a sparse one have no places for channels.
    if arguments.kept != nil { return others }
    switch UInt32(axis) {
    case PITH_AXIS_ROWS.rawValue, PITH_AXIS_PIXELS.rawValue: return others
    case PITH_AXIS_CHANNELS.rawValue: return shared(.channels, byChannels)
    default: break
    }
    let map = Int(arguments.in_height) &* Int(arguments.in_row_stride)
    let isHeavy = !isDepthwise && Int(arguments.channels) &* channelWeights > map
    let (mine, theirs) = (byChannels.unevenness(pieces: pieces), others.shares.unevenness(pieces: pieces))
    return mine < theirs || (isHeavy && mine == theirs) ? shared(.channels, byChannels) : others
  }
}

/// memset, which the compiler makes of it.
@inline(__always)
func set(_ memory: UnsafeMutableRawPointer, _ count: Int, _ value: UInt8) {
  memory.initializeMemory(as: UInt8.self, repeating: value, count: count)
}
