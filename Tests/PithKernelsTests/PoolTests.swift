import CPithKernels
import Testing

/// A pool of one image with random contents from `seed`.
struct PoolCase: Sendable, CustomStringConvertible {
  var rows: WindowAxis
  var columns: WindowAxis
  var channels: Int
  var pixelGap: Int
  var countPadding: Bool
  var multiplier: Float
  var range: OutputRange
  var seed: UInt64

  init(seed: UInt64, random: inout Random) {
    rows = .random(&random, kernels: [1, 2, 2, 3, 3, 5])
    columns = .random(&random, kernels: [1, 2, 2, 3, 3, 5])
    if seed % 5 == 0 {
      rows = WindowAxis(size: rows.size, kernel: rows.size)
      columns = WindowAxis(size: columns.size * 2, kernel: columns.size * 2)
    }
    channels = random.int(1...20) * 4
    pixelGap = random.pick([0, 0, 4, 16])
    countPadding = random.int(0...1) == 1
    multiplier = random.pick([1, Float(random.int(1...400)) / 200, 1e30, .nan, -1])
    range = OutputRange(random: &random)
    self.seed = seed
  }

  var description: String {
    """
    \(rows) by \(columns), \(channels)+\(pixelGap) channels, \(countPadding ? "counts padding" : "") \
    times \(multiplier), \(range), seed \(seed)
    """
  }

  static let all: [PoolCase] = {
    var random = Random(seed: 3)
    return (0..<200).map { PoolCase(seed: $0, random: &random) }
  }()
}

@Suite struct PoolTests {
  @Test(arguments: PoolCase.all) func pools(_ c: PoolCase) {
    var random = Random(seed: c.seed)
    let pixel = c.channels + c.pixelGap
    let input = random.bytes(c.rows.size * c.columns.size * pixel + 64)
    let zero = random.int(0...255)
    let largest = expected(c) { values, _ in
      UInt8(min(max(values.max() ?? 0, c.range.min), c.range.max))
    } value: {
      Int(input[$0])
    }
    let average = expected(c) { values, count in
      c.range.requantize(Float(values.reduce(0, +)) / Float(count) * c.multiplier)
    } value: {
      Int(input[$0]) - zero
    }
    for backend in Backend.all {
      #expect(run(c, input, zero, backend.kernels.max_pool).bytes == largest.bytes, "\(backend) max")
      #expect(run(c, input, zero, backend.kernels.average_pool).bytes == average.bytes, "\(backend) average")
    }
  }

  /// The output by definition: `reduce` gets the values inside the map and how many to divide by.
  private func expected(
    _ c: PoolCase, reduce: ([Int], Int) -> UInt8, value: (Int) -> Int
  ) -> Guarded {
    let pixel = c.channels + c.pixelGap
    var output = Guarded(count: c.rows.output * c.columns.output * pixel)
    for y in 0..<c.rows.output {
      for x in 0..<c.columns.output {
        let places = (0..<c.rows.kernel).flatMap { ky in (0..<c.columns.kernel).map { (ky, $0) } }
        let inside = places.compactMap { ky, kx -> Int? in
          guard let row = c.rows.position(output: y, tap: ky) else { return nil }
          guard let column = c.columns.position(output: x, tap: kx) else { return nil }
          return (row * c.columns.size + column) * pixel
        }
        let count = c.countPadding ? padded(c.rows, y) * padded(c.columns, x) : inside.count
        for channel in 0..<c.channels {
          output[(y * c.columns.output + x) * pixel + channel] = reduce(
            inside.map { value($0 + channel) }, count)
        }
      }
    }
    return output
  }

  /// Taps inside the axis extended by its pads.
  private func padded(_ axis: WindowAxis, _ output: Int) -> Int {
    (0..<axis.kernel).filter {
      (0..<axis.size + axis.padBefore + axis.padAfter).contains(output * axis.stride + $0 * axis.dilation)
    }.count
  }

  private func run(
    _ c: PoolCase, _ input: [UInt8], _ zero: Int,
    _ kernel: (@convention(c) (UnsafePointer<pith_pool_args>?) -> Void)?
  ) -> Guarded {
    let pixel = c.channels + c.pixelGap
    var output = Guarded(count: c.rows.output * c.columns.output * pixel)
    var args = pith_pool_args()
    (args.in_height, args.in_width) = (Int32(c.rows.size), Int32(c.columns.size))
    (args.in_row_stride, args.in_pixel_stride) = (Int32(c.columns.size * pixel), Int32(pixel))
    args.out_width = Int32(c.columns.output)
    (args.out_row_stride, args.out_pixel_stride) = (Int32(c.columns.output * pixel), Int32(pixel))
    (args.kernel_h, args.kernel_w) = (Int32(c.rows.kernel), Int32(c.columns.kernel))
    (args.stride_h, args.stride_w) = (Int32(c.rows.stride), Int32(c.columns.stride))
    (args.dilation_h, args.dilation_w) = (Int32(c.rows.dilation), Int32(c.columns.dilation))
    (args.pad_top, args.pad_left) = (Int32(c.rows.padBefore), Int32(c.columns.padBefore))
    (args.pad_bottom, args.pad_right) = (Int32(c.rows.padAfter), Int32(c.columns.padAfter))
    (args.channels, args.count_padding) = (Int32(c.channels), c.countPadding ? 1 : 0)
    (args.in_zero, args.multiplier) = (Int32(zero), c.multiplier)
    (args.out_zero, args.out_min, args.out_max) = (
      Int32(c.range.zero), Int32(c.range.min), Int32(c.range.max)
    )
    input.withUnsafeBufferPointer { input in
      _ = output.withOutput { out in
        (args.input, args.output) = (input.baseAddress, out)
        let split = Int32(c.rows.output + 1) / 2
        for (begin, end) in [(0, split), (split, Int32(c.rows.output))] {
          (args.row_begin, args.row_end) = (begin, end)
          kernel?(&args)
        }
      }
    }
    return output
  }
}
