import CPith
import CPithKernels

private typealias ConvolutionKernel = @convention(c) (UnsafePointer<pith_conv_args>?) -> Void
private typealias PackKernel = @convention(c) (UnsafePointer<pith_pack_args>?) -> Void
private typealias LayerNormKernel = @convention(c) (UnsafePointer<pith_layer_norm_args>?) -> Void

/// Products of computed maps, matrix by matrix: as many series of them as there are scratches.
private struct SharedProducts {
  let kernel: ConvolutionKernel
  let packing: PackKernel
  let pack: pith_pack_args
  let product: pith_conv_args
  /// From one matrix to the next, and from one scratch to the next.
  let firstStep, secondStep, outputStep, scratchStep: Int
  let matrices: Int32
  let series: UInt32

  func run(_ index: UInt32) {
    var (pack, product) = (pack, product)
    let scratch = int(index) &* scratchStep
    pack.weights += scratch
    pack.bias = (UnsafeMutableRawPointer(pack.bias.unsafelyUnwrapped) + scratch).assumingMemoryBound(
      to: Int32.self)
    product.weights = UnsafePointer(pack.weights)
    product.bias = UnsafePointer(pack.bias)
    let (first, second, output) = (pack.input, product.input, product.output)
    var matrix = int32(index)
    while matrix < matrices {
      let number = Int(matrix)
      pack.input = first.unsafelyUnwrapped + number &* secondStep
      if secondStep > 0 || matrix == int32(index) { packing(&pack) }
      product.input = second.unsafelyUnwrapped + number &* firstStep
      product.output = output.unsafelyUnwrapped + number &* outputStep
      kernel(&product)
      matrix &+= int32(series)
    }
  }
}

/// Layer normalization in shares of rows.
private struct SharedLayerNorm {
  let kernel: LayerNormKernel
  let arguments: pith_layer_norm_args
  let shares: Shares

  func run(_ index: UInt32) {
    var arguments = arguments
    let begin = shares.begin(index)
    arguments.rows = shares.end(index) &- begin
    arguments.input += Int(begin) &* Int(arguments.in_stride)
    arguments.output += Int(begin) &* Int(arguments.out_stride)
    kernel(&arguments)
  }
}

extension Executor {
  /// The product of two computed maps: the second one is packed as weights are, matrix by matrix.
  func multiplyMaps(_ instruction: InstructionPointer) {
    guard let kernel = kernels.pointee.conv, let packing = kernels.pointee.pack else { return }
    let record = instruction.pointee
    let (a, b) = (tensor(record.inputs.0), tensor(record.inputs.1))
    let output = tensor(record.output)
    let isTransposed = has(PITH_MATMUL_TRANSPOSED, record.flags)
    let isBeside = has(PITH_MATMUL_SECOND_BESIDE, record.flags)
    // Of matrices beside each other there are no padded channels.
    let own = isTransposed ? record.window.tap_bytes : record.window.extent
    let channels = isBeside ? own : int32(b.pointee.channels)
    var pack = pith_pack_args()
    pack.depth = isTransposed ? channels : int32(b.pointee.width)
    pack.columns = isTransposed ? int32(b.pointee.width) : channels
    pack.k_stride = isTransposed ? 1 : int32(b.pointee.pixel_stride)
    pack.column_stride = isTransposed ? int32(b.pointee.pixel_stride) : 1
    pack.a_zero = a.pointee.zero_point
    pack.input = UnsafePointer(bytes(b))
    let scratch = arena + int(record.scratch)
    pack.weights = scratch.assumingMemoryBound(to: Int8.self)
    let packedBytes = Int((pack.depth &+ 3) & ~3) &* Int((pack.columns &+ 15) & ~15)
    pack.bias = (scratch + packedBytes).assumingMemoryBound(to: Int32.self)
    var product = pith_conv_args()
    product.multiplier = constants(record.multiplier).assumingMemoryBound(to: Float.self)
    product.in_height = 1
    product.in_width = int32(a.pointee.width)
    product.in_row_stride = Int32(truncatingIfNeeded: a.pointee.rowBytes)
    product.in_pixel_stride = int32(a.pointee.pixel_stride)
    product.out_width = int32(output.pointee.width)
    product.out_row_stride = Int32(truncatingIfNeeded: output.pointee.rowBytes)
    product.out_pixel_stride = int32(output.pointee.pixel_stride)
    (product.kernel_h, product.kernel_w, product.stride_h, product.stride_w) = (1, 1, 1, 1)
    (product.dilation_h, product.dilation_w) = (1, 1)
    product.tap_bytes = record.window.tap_bytes
    product.channels = record.window.extent
    product.out_zero = output.pointee.zero_point
    product.out_min = record.window.clamp_min
    product.out_max = record.window.clamp_max
    product.row_end = 1
    product.input = UnsafePointer(bytes(a))
    product.output = bytes(output)
    // From one matrix to the next.
    let firstStep = has(PITH_MATMUL_FIRST_BESIDE, record.flags) ? Int(pack.depth) : a.pointee.imageBytes
    let secondStep = isBeside ? Int(channels) : b.pointee.batch > 1 ? b.pointee.imageBytes : 0
    let isOutputBeside = has(PITH_MATMUL_OUTPUT_BESIDE, record.flags)
    let outputStep = isOutputBeside ? Int(pack.columns) : output.pointee.imageBytes
    let count = isOutputBeside ? record.immediate_i : int32(output.pointee.batch)
    let perMatrix =
      UInt64(widening: a.pointee.width) &* UInt64(widening: Int(pack.depth) &* Int(pack.columns))
    let scratches = Int32(record.flags &>> UInt16(PITH_MATMUL_SCRATCH_SHIFT)) &+ 1
    let most = scratches < count ? scratches : count
    let series = pieces(cost: perMatrix &* UInt64(widening: UInt32(bitPattern: count)), most: most)
    var shared = SharedProducts(
      kernel: kernel, packing: packing, pack: pack, product: product, firstStep: firstStep,
      secondStep: secondStep, outputStep: outputStep,
      scratchStep: packedBytes &+ 4 &* Int((pack.columns &+ 15) & ~15), matrices: count,
      series: UInt32(bitPattern: series))
    share(&shared, shared.series) { context, index in
      context?.assumingMemoryBound(to: SharedProducts.self).pointee.run(index)
    }
  }

  @inline(__always)
  private func has(_ flag: UInt32, _ flags: UInt16) -> Bool { UInt32(flags) & flag != 0 }

  func normalize(_ instruction: InstructionPointer) {
    guard let kernel = kernels.pointee.layer_norm else { return }
    let record = instruction.pointee
    let (input, output) = (tensor(record.inputs.0), tensor(record.output))
    var arguments = pith_layer_norm_args()
    arguments.input = UnsafePointer(bytes(input))
    arguments.output = bytes(output)
    arguments.gain = constants(record.multiplier).assumingMemoryBound(to: Float.self)
    arguments.shift = constants(record.bias).assumingMemoryBound(to: Float.self)
    arguments.rows = Int32(truncatingIfNeeded: output.pointee.pixelCount)
    arguments.count = int32(output.pointee.channels)
    arguments.in_stride = int32(input.pointee.pixel_stride)
    arguments.out_stride = int32(output.pointee.pixel_stride)
    arguments.scale = input.pointee.scale
    arguments.epsilon = record.immediate_f.0
    arguments.out_zero = output.pointee.zero_point
    // A byte takes as long as about 16 multiply-adds.
    let cost = 16 &* UInt64(widening: output.pointee.pixelCount &* int(output.pointee.channels))
    let shares = Shares(arguments.rows, unit: 1, pieces: pieces(cost: cost, most: arguments.rows))
    var shared = SharedLayerNorm(kernel: kernel, arguments: arguments, shares: shares)
    share(&shared, shares.count) { context, index in
      context?.assumingMemoryBound(to: SharedLayerNorm.self).pointee.run(index)
    }
  }

  func embed(_ instruction: InstructionPointer) {
    let table = tensor(instruction.pointee.inputs.1)
    let output = tensor(instruction.pointee.output)
    pith_embed(
      UnsafePointer(floats(tensor(instruction.pointee.inputs.0))), output.pointee.pixelCount,
      UnsafePointer(bytes(table)), table.pointee.pixelCount, int(table.pointee.pixel_stride), bytes(output),
      int(output.pointee.pixel_stride), int(output.pointee.channels))
  }

  func resize(_ instruction: InstructionPointer) {
    let (input, output) = (tensor(instruction.pointee.inputs.0), tensor(instruction.pointee.output))
    var arguments = pith_resize_args()
    let taps = constants(instruction.pointee.table).assumingMemoryBound(to: pith_resize_tap.self)
    arguments.rows = taps
    arguments.columns = taps + int(output.pointee.height)
    arguments.in_height = int32(input.pointee.height)
    arguments.in_width = int32(input.pointee.width)
    arguments.out_height = int32(output.pointee.height)
    arguments.out_width = int32(output.pointee.width)
    arguments.channels = Int32(truncatingIfNeeded: output.pointee.usedBytes)
    arguments.in_row_stride = Int32(truncatingIfNeeded: input.pointee.rowBytes)
    arguments.in_pixel_stride = int32(input.pointee.pixel_stride)
    arguments.out_row_stride = Int32(truncatingIfNeeded: output.pointee.rowBytes)
    arguments.out_pixel_stride = int32(output.pointee.pixel_stride)
    arguments.in_zero = input.pointee.zero_point
    arguments.out_zero = output.pointee.zero_point
    arguments.multiplier = instruction.pointee.immediate_f.0
    arguments.input = UnsafePointer(bytes(input))
    arguments.output = bytes(output)
    var image: UInt32 = 0
    while image < output.pointee.batch {
      pith_resize(&arguments)
      arguments.input += input.pointee.imageBytes
      arguments.output += output.pointee.imageBytes
      image &+= 1
    }
  }
}
