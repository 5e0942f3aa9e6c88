import CPithKernels
import Testing

/// Floats in one of three orders of axes, and bytes in pixels.
struct ConvertCase: Sendable {
  enum Layout: CaseIterable { case channelsFirst, channelsLast, transposed }

  var height: Int
  var width: Int
  var channels: Int
  var padding: Int
  var pixelGap: Int
  var rowGap: Int
  var layout: Layout
  var scale: Float
  var zero: Int
  var seed: UInt64

  init(seed: UInt64, random: inout Random) {
    height = random.int(1...5)
    width = random.pick([1, random.int(1...20), random.int(1...40)])
    channels = random.pick([1, 1, 2, 3, 3, 4, random.int(1...70)])
    padding = random.pick([0, (4 - channels % 4) % 4])
    pixelGap = random.pick([0, 0, 4])
    rowGap = random.pick([0, 0, 5])
    layout = random.pick(Layout.allCases)
    scale = random.pick([1.0 / 255, 0.1, 0.0173, 3, 1e-38])
    zero = random.pick([0, 255, 128, random.int(0...255)])
    self.seed = seed
  }

  var pixelStride: Int { channels + padding + pixelGap }
  var rowStride: Int { width * pixelStride + rowGap }
  var count: Int { height * width * channels }
  /// Steps of row, column and channel.
  var steps: (row: Int, column: Int, channel: Int) {
    switch layout {
    case .channelsFirst: (width, 1, height * width)
    case .channelsLast: (width * channels, channels, 1)
    case .transposed: (1, height, height * width)
    }
  }

  func visitElements(_ body: (_ real: Int, _ byte: Int) -> Void) {
    for y in 0..<height {
      for x in 0..<width {
        for c in 0..<channels {
          body(y * steps.row + x * steps.column + c * steps.channel, y * rowStride + x * pixelStride + c)
        }
      }
    }
  }

  static let all: [ConvertCase] = {
    var random = Random(seed: 5)
    return (0..<200).map { ConvertCase(seed: $0, random: &random) }
  }()
}

@Suite struct ConvertTests {
  @Test(arguments: ConvertCase.all) func quantize(_ c: ConvertCase) {
    var random = Random(seed: c.seed)
    let special: [Float] = [
      .nan, .infinity, -.infinity, 0, -0.0, 1e38, -1e38, 0.5 * c.scale, 1.5 * c.scale, 1e-40,
    ]
    var real = (0..<c.count).map { _ in
      random.int(0...9) == 0
        ? random.pick(special) : (Float(random.int(-3000...3000)) / 10 - Float(c.zero) + 128) * c.scale
    }
    let range = OutputRange(zero: c.zero)
    var expected = Guarded(count: c.height * c.rowStride)
    c.visitElements { expected[$1] = range.requantize(real[$0] / c.scale) }
    for y in 0..<c.height {
      for x in 0..<c.width {
        for i in 0..<c.padding {
          expected[y * c.rowStride + x * c.pixelStride + c.channels + i] = UInt8(c.zero)
        }
      }
    }
    for backend in Backend.all {
      var output = Guarded(count: c.height * c.rowStride)
      var args = arguments(c)
      real.withUnsafeMutableBufferPointer { real in
        _ = output.withOutput { out in
          (args.real, args.bytes) = (real.baseAddress, out)
          backend.kernels.quantize?(&args)
        }
      }
      #expect(output.bytes == expected.bytes, "\(backend)")
    }
  }

  @Test(arguments: ConvertCase.all) func dequantize(_ c: ConvertCase) {
    var random = Random(seed: c.seed)
    let margin = 16
    var bytes = random.bytes(c.height * c.rowStride + 64)
    var expected = [UInt32](repeating: 0x7FC0_1234, count: c.count + 2 * margin)
    c.visitElements { expected[margin + $0] = (Float(Int(bytes[$1]) - c.zero) * c.scale).bitPattern }
    for backend in Backend.all {
      var output = [UInt32](repeating: 0x7FC0_1234, count: c.count + 2 * margin)
      var args = arguments(c)
      bytes.withUnsafeMutableBufferPointer { bytes in
        output.withUnsafeMutableBytes { out in
          let start = out.baseAddress.map { $0 + margin * 4 }
          (args.real, args.bytes) = (start?.assumingMemoryBound(to: Float.self), bytes.baseAddress)
          backend.kernels.dequantize?(&args)
        }
      }
      #expect(output == expected, "\(backend)")
    }
  }

  private func arguments(_ c: ConvertCase) -> pith_convert_args {
    var args = pith_convert_args()
    (args.height, args.width) = (Int32(c.height), Int32(c.width))
    (args.channels, args.padded_channels) = (Int32(c.channels), Int32(c.channels + c.padding))
    (args.f_row, args.f_column, args.f_channel) = c.steps
    (args.row_stride, args.pixel_stride) = (Int32(c.rowStride), Int32(c.pixelStride))
    (args.scale, args.zero) = (c.scale, Int32(c.zero))
    return args
  }
}
