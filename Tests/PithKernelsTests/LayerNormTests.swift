import CPithKernels
import Testing

struct LayerNormCase: CustomTestStringConvertible {
  var rows = 3
  var count: Int
  var epsilon: Float = 1e-5
  var bytes = SoftmaxCase.Bytes.random
  var testDescription: String { "\(rows)×\(count), \(bytes), epsilon \(epsilon)" }

  static let all: [LayerNormCase] = {
    var cases = SoftmaxCase.counts.map { LayerNormCase(count: $0) }
    for count in [1, 31, 64, 129, 300] {
      for bytes in SoftmaxCase.Bytes.allCases {
        for epsilon: Float in [0, 1e-30, 1e-12, 0.1] {
          cases.append(LayerNormCase(count: count, epsilon: epsilon, bytes: bytes))
        }
      }
    }
    cases.append(LayerNormCase(count: 5, epsilon: Float(bitPattern: 71_362)))
    // Around where sums leave 32 bits and floats cease to be exact.
    for count in [65_535, 65_536, 65_537, 70_000] {
      for bytes in [SoftmaxCase.Bytes.random, .extreme] {
        cases.append(LayerNormCase(rows: 1, count: count, bytes: bytes))
      }
    }
    return cases
  }()
}

@Suite struct LayerNormTests {
  @Test(arguments: LayerNormCase.all) func layerNormalization(_ example: LayerNormCase) {
    let (rows, count) = (example.rows, example.count)
    var random = Random(seed: UInt64(count))
    let stride = count + 4
    let input = SoftmaxCase(rows: rows, count: count, bytes: example.bytes).input(&random)
    let gain = (0..<count).map { Float($0 % 11) * 3 + 10 }
    let shift = (0..<count).map { Float($0 % 5) - 2 }
    let range = OutputRange(zero: 128, min: 0, max: 255)
    var expected = Guarded(count: rows * stride)
    for row in 0..<rows {
      let run = input[row * stride..<row * stride + count].map { Int($0) }
      let (sum, squares) = (run.reduce(0, +), run.reduce(0) { $0 + $1 * $1 })
      let unit = Float(0.05) / Float(count)
      let factor = unit / (Float(count * squares - sum * sum) * (unit * unit) + example.epsilon).squareRoot()
      for (i, q) in run.enumerated() {
        expected[row * stride + i] = range.requantize(Float(count * q - sum) * factor * gain[i] + shift[i])
      }
    }
    for backend in Backend.all {
      var output = Guarded(count: rows * stride)
      var args = pith_layer_norm_args()
      (args.rows, args.count, args.in_stride) = (Int32(rows), Int32(count), Int32(stride))
      (args.out_stride, args.scale, args.epsilon, args.out_zero) = (Int32(stride), 0.05, example.epsilon, 128)
      input.withUnsafeBufferPointer { input in
        gain.withUnsafeBufferPointer { gain in
          shift.withUnsafeBufferPointer { shift in
            _ = output.withOutput { out in
              (args.input, args.output, args.gain, args.shift) = (
                input.baseAddress, out, gain.baseAddress, shift.baseAddress
              )
              backend.kernels.layer_norm?(&args)
            }
          }
        }
      }
      #expect(output.bytes == expected.bytes, "\(backend)")
    }
  }
}
