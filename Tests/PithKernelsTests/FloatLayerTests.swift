import CPithKernels
import Testing

/// The fp32 fallbacks against the definitions in Double.
@Suite struct FloatLayerTests {
  struct Layer: Sendable {
    var rows: WindowAxis
    var columns: WindowAxis
    var groups: Int
    var channels: Int
    var outChannels: Int
    var countPadding: Bool
    var seed: UInt64
  }

  static let layers: [Layer] = {
    var random = Random(seed: 7)
    return (0..<60).map { seed in
      let groups = random.int(1...3)
      return Layer(
        rows: .random(&random, kernels: [1, 2, 3, 5]), columns: .random(&random, kernels: [1, 2, 3, 5]),
        groups: groups,
        channels: groups * random.int(1...3), outChannels: groups * random.int(1...3),
        countPadding: seed % 2 == 0, seed: UInt64(seed))
    }
  }()

  private func floats(_ count: Int, _ random: inout Random) -> [Float] {
    (0..<count).map { _ in Float.random(in: -1...1, using: &random) }
  }

  private func expectClose(_ output: [Float], _ truth: [Double], _ what: Comment) {
    #expect(zip(output, truth).allSatisfy { abs(Double($0) - $1) <= 1e-4 || Double($0) == $1 }, what)
  }

  @Test(arguments: layers) func convolution(_ l: Layer) {
    var random = Random(seed: l.seed)
    let depth = l.channels / l.groups
    let taps = l.rows.kernel * l.columns.kernel
    let input = floats(l.channels * l.rows.size * l.columns.size, &random)
    let weights = floats(l.outChannels * depth * taps, &random)
    let bias = floats(l.outChannels, &random)
    let outputs = l.outChannels * l.rows.output * l.columns.output
    var output = [Float](repeating: .nan, count: outputs)
    var truth = [Double]()
    for m in 0..<l.outChannels {
      for y in 0..<l.rows.output {
        for x in 0..<l.columns.output {
          var sum = Double(bias[m])
          for c in 0..<depth {
            let plane = m / (l.outChannels / l.groups) * depth + c
            for ky in 0..<l.rows.kernel {
              for kx in 0..<l.columns.kernel {
                guard let row = l.rows.position(output: y, tap: ky) else { continue }
                guard let column = l.columns.position(output: x, tap: kx) else { continue }
                let w = weights[(m * depth + c) * taps + ky * l.columns.kernel + kx]
                sum += Double(w) * Double(input[(plane * l.rows.size + row) * l.columns.size + column])
              }
            }
          }
          truth.append(sum)
        }
      }
    }
    input.withUnsafeBufferPointer { input in
      weights.withUnsafeBufferPointer { weights in
        bias.withUnsafeBufferPointer { bias in
          output.withUnsafeMutableBufferPointer { output in
            var args = pith_f32_conv_args()
            (args.input, args.weights, args.bias) = (input.baseAddress, weights.baseAddress, bias.baseAddress)
            args.output = output.baseAddress
            (args.channels, args.out_channels, args.groups) = (
              Int32(l.channels), Int32(l.outChannels), Int32(l.groups)
            )
            (args.in_height, args.in_width) = (Int32(l.rows.size), Int32(l.columns.size))
            (args.out_height, args.out_width) = (Int32(l.rows.output), Int32(l.columns.output))
            (args.kernel_h, args.kernel_w) = (Int32(l.rows.kernel), Int32(l.columns.kernel))
            (args.stride_h, args.stride_w) = (Int32(l.rows.stride), Int32(l.columns.stride))
            (args.dilation_h, args.dilation_w) = (Int32(l.rows.dilation), Int32(l.columns.dilation))
            (args.pad_top, args.pad_left) = (Int32(l.rows.padBefore), Int32(l.columns.padBefore))
            pith_f32_conv(&args)
          }
        }
      }
    }
    expectClose(output, truth, "\(l)")
  }

  @Test(arguments: layers) func pools(_ l: Layer) {
    var random = Random(seed: l.seed)
    let input = floats(l.channels * l.rows.size * l.columns.size, &random)
    let outputs = l.channels * l.rows.output * l.columns.output
    var largest = [Float](repeating: .nan, count: outputs)
    var average = largest
    var trueLargest = [Double]()
    var trueAverage = [Double]()
    for c in 0..<l.channels {
      for y in 0..<l.rows.output {
        for x in 0..<l.columns.output {
          var values = [Double]()
          var counted = 0
          for ky in 0..<l.rows.kernel {
            for kx in 0..<l.columns.kernel {
              let row = y * l.rows.stride + ky * l.rows.dilation
              let column = x * l.columns.stride + kx * l.columns.dilation
              if row < l.rows.size + l.rows.padBefore + l.rows.padAfter,
                column < l.columns.size + l.columns.padBefore + l.columns.padAfter
              {
                counted += 1
              }
              guard let row = l.rows.position(output: y, tap: ky) else { continue }
              guard let column = l.columns.position(output: x, tap: kx) else { continue }
              values.append(Double(input[(c * l.rows.size + row) * l.columns.size + column]))
            }
          }
          trueLargest.append(values.max() ?? -.infinity)
          trueAverage.append(values.reduce(0, +) / Double(l.countPadding ? counted : values.count))
        }
      }
    }
    input.withUnsafeBufferPointer { input in
      var args = pith_f32_pool_args()
      args.input = input.baseAddress
      args.channels = Int32(l.channels)
      (args.in_height, args.in_width) = (Int32(l.rows.size), Int32(l.columns.size))
      (args.out_height, args.out_width) = (Int32(l.rows.output), Int32(l.columns.output))
      (args.kernel_h, args.kernel_w) = (Int32(l.rows.kernel), Int32(l.columns.kernel))
      (args.stride_h, args.stride_w) = (Int32(l.rows.stride), Int32(l.columns.stride))
      (args.dilation_h, args.dilation_w) = (Int32(l.rows.dilation), Int32(l.columns.dilation))
      (args.pad_top, args.pad_left) = (Int32(l.rows.padBefore), Int32(l.columns.padBefore))
      (args.pad_bottom, args.pad_right) = (Int32(l.rows.padAfter), Int32(l.columns.padAfter))
      args.count_padding = l.countPadding ? 1 : 0
      largest.withUnsafeMutableBufferPointer {
        args.output = $0.baseAddress
        pith_f32_max_pool(&args)
      }
      average.withUnsafeMutableBufferPointer {
        args.output = $0.baseAddress
        pith_f32_average_pool(&args)
      }
    }
    // 0 / 0 where a window lies in the padding alone.
    let known = trueAverage.indices.filter { trueAverage[$0].isFinite }
    expectClose(largest, trueLargest, "\(l)")
    expectClose(known.map { average[$0] }, known.map { trueAverage[$0] }, "\(l)")
  }

  @Test(arguments: [(1, 3, 5, 7), (2, 4, 1, 9), (3, 1, 33, 20)]) func product(
    _ b: Int, _ m: Int, _ k: Int, _ n: Int
  ) {
    var random = Random(seed: UInt64(b))
    let left = floats(b * m * k, &random)
    let right = floats(k * n, &random)
    let bias = floats(n, &random)
    for transposed in [false, true] {
      var output = [Float](repeating: .nan, count: b * m * n)
      var truth = [Double]()
      for row in 0..<b * m {
        for column in 0..<n {
          let sum = (0..<k).map {
            Double(left[row * k + $0]) * Double(right[transposed ? column * k + $0 : $0 * n + column])
          }.reduce(0, +)
          truth.append(0.5 * sum + 2 * Double(bias[column]))
        }
      }
      left.withUnsafeBufferPointer { left in
        right.withUnsafeBufferPointer { right in
          bias.withUnsafeBufferPointer { bias in
            output.withUnsafeMutableBufferPointer { output in
              var args = pith_f32_matmul_args()
              (args.a, args.b, args.bias) = (left.baseAddress, right.baseAddress, bias.baseAddress)
              args.output = output.baseAddress
              (args.batch, args.rows, args.inner, args.columns) = (UInt32(b), UInt32(m), UInt32(k), UInt32(n))
              (args.a_batch, args.a_row, args.a_inner) = (UInt32(m * k), UInt32(k), 1)
              (args.b_inner, args.b_column) = transposed ? (1, UInt32(k)) : (UInt32(n), 1)
              (args.c_row, args.c_column, args.alpha, args.beta) = (0, 1, 0.5, 2)
              pith_f32_matmul(&args)
            }
          }
        }
      }
      expectClose(output, truth, "transposed \(transposed)")
    }
  }

  @Test func mean() {
    var random = Random(seed: 8)
    for count in [1, 63, 64, 65, 12_544] {
      let input = floats(2 * count, &random)
      var output: [Float] = [0, 0]
      pith_f32_mean(input, &output, 2, count)
      for row in 0..<2 {
        let truth = input[row * count..<(row + 1) * count].map(Double.init).reduce(0, +) / Double(count)
        #expect(abs(Double(output[row]) - truth) < 1e-6)
      }
    }
  }
}
