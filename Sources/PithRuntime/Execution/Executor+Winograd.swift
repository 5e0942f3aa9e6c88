import CPith
import CPithKernels

private typealias WinogradKernel = @convention(c) (UnsafePointer<pith_winograd_args>?) -> Void

/// A convolution by Winograd's algorithm in shares, each with memory of its own.
private struct SharedWinograd {
  let kernel: WinogradKernel
  let arguments: pith_winograd_args
  let isByChannels: Bool
  let shares: Shares
  let scratchStep: Int

  func run(_ index: UInt32) {
    var arguments = arguments
    let (begin, end) = (shares.begin(index), shares.end(index))
    if isByChannels {
      arguments.conv.take(channels: begin, end, weights: 9 &* Int(arguments.conv.tap_bytes))
    } else {
      (arguments.tile_begin, arguments.tile_end) = (begin, end)
    }
    arguments.scratch += int(index) &* scratchStep
    kernel(&arguments)
  }
}

extension pith_conv_args {
  /// Whether Winograd's algorithm gives the same bytes. The largest sum's bytes are the largest where no multiplier is negative.
  fileprivate var canBeWinograd: Bool {
    guard kernel_h == 3, kernel_w == 3, stride_h == 1, stride_w == 1, dilation_h == 1, dilation_w == 1
    else { return false }
    if pools == 0 { return true }
    guard let multiplier else { return unit >= 0 }
    var channel = 0
    while channel < Int(channels) {
      if multiplier[channel] < 0 { return false }
      channel &+= 1
    }
    return true
  }
}

extension Executor {
  /// Fewer tiles than this in each share are not worth transforming all filters for.
  private static var leastTiles: Int32 { 24 }

  /// Runs a convolution of all images as its plan asks.
  ///
  /// - Returns: false where the kernels, the convolution or the memory for plans do not allow it, or not for so many threads.
  func convolveByWinograd(
    _ convolution: pith_conv_args, _ plan: pith_plan, _ input: TensorPointer, _ output: TensorPointer,
    perRow: UInt64
  ) -> Bool {
    guard let kernel = kernels.pointee.winograd, let header = model.pointee.header, plan.chunk > 0,
      convolution.canBeWinograd
    else { return false }
    let map = output.pointee
    let tiles = Int32(
      truncatingIfNeeded: pith_winograd_tiles(
        UInt64(widening: map.batch), UInt64(widening: map.height), UInt64(widening: map.width),
        convolution.pools))
    let chunk = tiles < Int32(plan.chunk) ? tiles : Int32(plan.chunk)
    let depth = UInt64(widening: UInt32(bitPattern: convolution.tap_bytes))
    let scratch = pith_winograd_scratch(depth, UInt64(widening: UInt32(bitPattern: chunk)))
    let cost = perRow &* UInt64(widening: int(output.pointee.batch) &* int(output.pointee.height))
    let wanted = pieces(cost: cost, most: Int32.max)
    // Memory for one thread in two is about as fast as another algorithm with all.
    let rooms = header.pointee.plan_bytes / scratch
    guard rooms > 0, UInt64(widening: UInt32(bitPattern: wanted)) <= 2 &* rooms else { return false }
    let most = rooms < 1024 ? Int32(truncatingIfNeeded: rooms) : 1024
    let pieces = wanted < most ? wanted : most
    var arguments = pith_winograd_args()
    arguments.conv = convolution
    arguments.in_image_stride = input.pointee.imageBytes
    arguments.out_image_stride = output.pointee.imageBytes
    arguments.tile_end = tiles
    arguments.chunk = chunk
    arguments.scratch =
      arena + Int(truncatingIfNeeded: header.pointee.arena_bytes &- header.pointee.plan_bytes)
    let byTiles = Shares(tiles, unit: 6, pieces: pieces)
    let byChannels = Shares(convolution.channels, unit: 16, pieces: pieces)
    let isByChannels: Bool
    switch UInt32(plan.axis) {
    case PITH_AXIS_CHANNELS.rawValue: isByChannels = true
    case PITH_AXIS_ANY.rawValue:
      isByChannels =
        byTiles.size < Executor.leastTiles
        && byChannels.unevenness(pieces: pieces) <= byTiles.unevenness(pieces: pieces)
    default: isByChannels = false
    }
    var shared = SharedWinograd(
      kernel: kernel, arguments: arguments, isByChannels: isByChannels && pieces > 1,
      shares: isByChannels && pieces > 1 ? byChannels : byTiles,
      scratchStep: Int(truncatingIfNeeded: scratch))
    share(&shared, shared.shares.count) { context, index in
      context?.assumingMemoryBound(to: SharedWinograd.self).pointee.run(index)
    }
    return true
  }
}
