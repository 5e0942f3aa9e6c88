import CPith
import CPithKernels

/// An axis of a window that slides over a map.
struct WindowAxis: Sendable {
  var size = 1
  var kernel = 1
  var stride = 1
  var dilation = 1
  var padBefore = 0
  var padAfter = 0

  var output: Int { (size + padBefore + padAfter - dilation * (kernel - 1) - 1) / stride + 1 }

  /// The position in the map of a tap, or nil outside.
  func position(output: Int, tap: Int) -> Int? {
    let position = output * stride - padBefore + tap * dilation
    return (0..<size).contains(position) ? position : nil
  }

  static func random(_ random: inout Random, kernels: [Int]) -> WindowAxis {
    var axis = WindowAxis(
      size: random.int(1...13), kernel: random.pick(kernels), stride: random.pick([1, 1, 1, 2, 2, 3]),
      dilation: random.pick([1, 1, 1, 2, 3]))
    let reach = axis.dilation * (axis.kernel - 1)
    axis.padBefore = random.int(0...min(reach, 4))
    axis.padAfter = max(random.int(0...min(reach, 4)), reach + 1 - axis.size - axis.padBefore)
    return axis
  }
}

/// A convolution or depthwise convolution of one image with random contents from `seed`.
struct ConvolutionCase: Sendable, CustomStringConvertible {
  enum Values: Sendable { case random, extreme, wildMultipliers, wildMagnitudes, codes, negativeCodes }
  struct Addend: Sendable {
    var zero: Int
    var multiplier: Float
    /// Whether the kernel writes over it, or it lies elsewhere.
    var isInPlace: Bool
  }

  var depthwise = false
  var rows = WindowAxis()
  var columns = WindowAxis()
  /// Bytes of a tap; depthwise: unused.
  var tapBytes = 4
  var channels = 16
  /// Bytes from a pixel to the next; a tap may be longer (a first layer merged with its kernel row).
  var pixelStride = 4
  var outputGap = 0
  var values = Values.random
  /// The share of the blocks of 16 channels by 4 of K that are not zero, for the block-sparse kernel; else nil.
  var density: Double?
  /// A map that is added: what the output holds before.
  var addend: Addend?
  /// Whether the outputs are the largest of 2×2 of the convolution's.
  var pools = false
  var range = OutputRange()
  var seed: UInt64 = 0

  var description: String {
    """
    \(depthwise ? "depthwise" : density.map { "conv of density \($0)" } ?? "conv") \(rows.size)x\(columns.size) k\(rows.kernel)x\(columns.kernel) \
    s\(rows.stride)x\(columns.stride) d\(rows.dilation)x\(columns.dilation) p\(rows.padBefore),\(columns.padBefore) \
    taps of \(tapBytes) to \(channels) stride \(pixelStride)+\(outputGap) \(values) \(range) \(addend.map { "\($0) " } ?? "")\(pools ? "pooled " : "")seed \(seed)
    """
  }

  var rowStride: Int { columns.size * pixelStride + (tapBytes > pixelStride ? tapBytes : 0) + 8 }
  var outPixelStride: Int { channels + outputGap }
  var outRowStride: Int { outColumns * outPixelStride + outputGap }
  var outRows: Int { pools ? rows.output / 2 : rows.output }
  var outColumns: Int { pools ? columns.output / 2 : columns.output }
}

/// The case's numbers, unpacked.
struct ConvolutionData {
  var input: [UInt8]
  var inputZero: Int
  /// [channel][ky][kx][c]
  var weights: [Int]
  var bias: [Int]
  var multiplier: [Float]
  /// Bytes that stand for the multipliers, in units of `unit`.
  var codes: [UInt8]?
  let unit: Float
  let depth: Int

  init(_ c: ConvolutionCase) {
    var random = Random(seed: c.seed)
    unit = c.values == .negativeCodes ? -0.0007 : 0.0007
    depth = c.depthwise ? 1 : c.tapBytes
    let taps = c.rows.kernel * c.columns.kernel
    let extreme = c.values == .extreme
    input = random.bytes(c.rows.size * c.rowStride + 64)
    if extreme { input = [UInt8](repeating: 255, count: input.count) }
    inputZero = extreme ? 0 : random.pick([0, 255, random.int(0...255)])
    weights = []
    bias = []
    multiplier = []
    for channel in 0..<c.channels {
      let sign = channel % 2 == 0 ? 127 : -127
      for _ in 0..<taps * depth { weights.append(extreme ? sign : random.int(-127...127)) }
      bias.append(random.int(-20000...20000))
      let typical =
        Float(taps * depth).squareRoot() * (extreme ? Float(taps * depth).squareRoot() * 400 : 100)
      let wild: [Float] = [0, 1e-30, 1e30, -1e-3, .infinity, .nan, 1, 3e7, 0.5]
      switch c.values {
      case .wildMultipliers: multiplier.append(random.pick(wild))
      case .wildMagnitudes: multiplier.append(random.pick(wild).magnitude)
      default: multiplier.append(Float(random.int(1...1000)) / 8 / typical)
      }
    }
    if c.values == .codes || c.values == .negativeCodes {
      let codes = random.bytes(c.channels)
      self.codes = codes
      multiplier = codes.map { unit * (1 + Float($0 % 32) / 32) * Float(1 << ($0 / 32)) }
    }
    if let density = c.density { dropBlocks(density, channels: c.channels, &random) }
  }

  /// Makes blocks zero: the weights lie as [channel][K].
  private mutating func dropBlocks(_ density: Double, channels: Int, _ random: inout Random) {
    let reduction = weights.count / channels
    for block in stride(from: 0, to: channels, by: 16) {
      for group in stride(from: 0, to: reduction, by: 4)
      where Double.random(in: 0..<1, using: &random) >= density {
        for channel in block..<Swift.min(block + 16, channels) {
          for k in group..<group + 4 { weights[channel * reduction + k] = 0 }
        }
      }
    }
  }

  func weight(_ c: ConvolutionCase, _ channel: Int, _ ky: Int, _ kx: Int, _ k: Int) -> Int {
    weights[((channel * c.rows.kernel + ky) * c.columns.kernel + kx) * depth + k]
  }

  /// Packs for the kernels: blocks of 16 channels, the reduction in groups of 4.
  func packedWeights(_ c: ConvolutionCase) -> [Int8] {
    let groups = c.depthwise ? (c.rows.kernel + 3) / 4 * 4 : 0
    let reduction =
      c.depthwise ? c.columns.kernel * groups : c.rows.kernel * c.columns.kernel * c.tapBytes
    let blocks = (c.channels + 15) / 16
    var packed = [Int8](repeating: 0, count: blocks * 16 * reduction)
    for channel in 0..<c.channels {
      for ky in 0..<c.rows.kernel {
        for kx in 0..<c.columns.kernel {
          for k in 0..<depth {
            let r = c.depthwise ? kx * groups + ky : (ky * c.columns.kernel + kx) * c.tapBytes + k
            packed[channel / 16 * 16 * reduction + r / 4 * 64 + channel % 16 * 4 + r % 4] =
              Int8(weight(c, channel, ky, kx, k))
          }
        }
      }
    }
    return packed
  }

  /// The packed weights that are not zero, and where they were.
  func keptBlocks(_ c: ConvolutionCase) -> (lists: [UInt16], weights: [Int8]) {
    let packed = packedWeights(c)
    let groups = c.rows.kernel * c.columns.kernel * c.tapBytes / 4
    var lists: [UInt16] = []
    var kept: [Int8] = []
    for block in 0..<(c.channels + 15) / 16 {
      let present = (0..<groups).filter { group in
        let from = (block * groups + group) * 64
        return packed[from..<from + 64].contains { $0 != 0 }
      }
      lists += [UInt16(present.count)] + present.map { UInt16($0) }
      for group in present {
        kept += packed[(block * groups + group) * 64..<(block * groups + group + 1) * 64]
      }
    }
    return (lists, kept)
  }

  /// −z·Σw folded in, zero up to the multiple of 16.
  func packedBias(_ c: ConvolutionCase) -> [Int32] {
    let perChannel = weights.count / c.channels
    return (0..<(c.channels + 15) / 16 * 16).map { channel in
      guard channel < c.channels else { return 0 }
      let sum = weights[channel * perChannel..<(channel + 1) * perChannel].reduce(0, +)
      return Int32(bias[channel] - inputZero * sum)
    }
  }

  /// Σ (q − zero) · w + bias over the taps inside the map.
  func accumulator(_ c: ConvolutionCase, y: Int, x: Int, channel: Int) -> Int {
    var sum = bias[channel]
    for ky in 0..<c.rows.kernel {
      guard let row = c.rows.position(output: y, tap: ky) else { continue }
      for kx in 0..<c.columns.kernel {
        guard let column = c.columns.position(output: x, tap: kx) else { continue }
        let pixel = row * c.rowStride + column * c.pixelStride + (c.depthwise ? channel : 0)
        for k in 0..<depth { sum += (Int(input[pixel + k]) - inputZero) * weight(c, channel, ky, kx, k) }
      }
    }
    return sum
  }

  func expected(_ c: ConvolutionCase) -> Guarded {
    var output = Guarded(count: c.outRows * c.outRowStride)
    let side = c.pools ? 2 : 1
    for y in 0..<c.outRows {
      for x in 0..<c.outColumns {
        for channel in 0..<c.channels {
          let place = y * c.outRowStride + x * c.outPixelStride + channel
          let bytes = (0..<side * side).map { part in
            let sum = accumulator(
              c, y: side * y + part / side, x: side * x + part % side, channel: channel)
            var f = Float(Int32(sum)) * multiplier[channel]
            if let addend = c.addend { f += Float(Int(output[place]) - addend.zero) * addend.multiplier }
            return c.range.requantize(f)
          }
          output[place] = bytes.max() ?? 0
        }
      }
    }
    return output
  }

  /// Runs the kernel in two bands of rows, or Winograd's algorithm in two of tiles, `chunk` at a time.
  func run(_ c: ConvolutionCase, on backend: Backend, chunk: Int? = nil) -> Guarded {
    var output = Guarded(count: c.outRows * c.outRowStride)
    let (lists, weights) = c.density == nil ? ([], packedWeights(c)) : keptBlocks(c)
    let bias = packedBias(c)
    let multiplier = multiplier + [Float](repeating: 0, count: bias.count - multiplier.count)
    let codes = (codes ?? []) + [UInt8](repeating: 0, count: 16)
    let padding = [UInt8](repeating: UInt8(inputZero), count: max((c.tapBytes + 15) / 16 * 16, 16))
    var args = pith_conv_args()
    (args.in_height, args.in_width) = (Int32(c.rows.size), Int32(c.columns.size))
    (args.in_row_stride, args.in_pixel_stride) = (Int32(c.rowStride), Int32(c.pixelStride))
    args.out_width = Int32(c.outColumns)
    args.pools = c.pools ? 1 : 0
    (args.out_row_stride, args.out_pixel_stride) = (Int32(c.outRowStride), Int32(c.outPixelStride))
    (args.kernel_h, args.kernel_w) = (Int32(c.rows.kernel), Int32(c.columns.kernel))
    (args.stride_h, args.stride_w) = (Int32(c.rows.stride), Int32(c.columns.stride))
    (args.dilation_h, args.dilation_w) = (Int32(c.rows.dilation), Int32(c.columns.dilation))
    (args.pad_top, args.pad_left) = (Int32(c.rows.padBefore), Int32(c.columns.padBefore))
    (args.tap_bytes, args.channels) = (Int32(c.tapBytes), Int32(c.channels))
    (args.out_zero, args.out_min, args.out_max) = (
      Int32(c.range.zero), Int32(c.range.min), Int32(c.range.max)
    )
    let dense = c.depthwise ? backend.kernels.depthwise : backend.kernels.conv
    let kernel = c.density == nil ? dense : backend.kernels.conv_sparse
    let elsewhere = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: output.bytes.count)
    _ = elsewhere.initialize(from: output.bytes)
    defer { elsewhere.deallocate() }
    if let addend = c.addend {
      (args.adds, args.addend_zero, args.addend_multiplier) = (1, Int32(addend.zero), addend.multiplier)
    }
    input.withUnsafeBufferPointer { input in
      weights.withUnsafeBufferPointer { weights in
        bias.withUnsafeBufferPointer { bias in
          multiplier.withUnsafeBufferPointer { multiplier in
            padding.withUnsafeBufferPointer { padding in
              _ = output.withOutput { out in
                (args.input, args.output, args.padding) = (input.baseAddress, out, padding.baseAddress)
                (args.weights, args.bias, args.multiplier) =
                  (weights.baseAddress, bias.baseAddress, multiplier.baseAddress)
                if c.addend?.isInPlace == false {
                  args.addend =
                    Int(bitPattern: elsewhere.baseAddress) + Guarded.margin - Int(bitPattern: out)
                }
                if self.codes != nil { (args.multiplier, args.unit) = (nil, unit) }
                let split = Int32(c.outRows) / 2
                lists.withUnsafeBufferPointer { lists in
                  codes.withUnsafeBufferPointer { codes in
                    (args.kept, args.codes) = (lists.baseAddress, codes.baseAddress)
                    if let chunk { return runTiles(c, args, backend, chunk) }
                    for (begin, end) in [(0, split), (split, Int32(c.outRows))] {
                      (args.row_begin, args.row_end) = (begin, end)
                      kernel?(&args)
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    return output
  }

  private func runTiles(_ c: ConvolutionCase, _ args: pith_conv_args, _ backend: Backend, _ chunk: Int) {
    let bytes = Int(pith_winograd_scratch(UInt64(c.tapBytes), UInt64(chunk)))
    let scratch = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    defer { scratch.deallocate() }
    var winograd = pith_winograd_args()
    winograd.conv = args
    winograd.conv.row_end = Int32(c.outRows)
    (winograd.chunk, winograd.scratch) = (Int32(chunk), scratch)
    let side = Int(PITH_WINOGRAD_SIDE) / (c.pools ? 2 : 1)
    let tiles = Int32((c.outRows + side - 1) / side * ((c.outColumns + side - 1) / side))
    for (begin, end) in [(0, tiles / 3), (tiles / 3, tiles)] {
      (winograd.tile_begin, winograd.tile_end) = (begin, end)
      backend.kernels.winograd?(&winograd)
    }
  }
}
