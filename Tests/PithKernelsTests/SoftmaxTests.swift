import CPithKernels
import Foundation
import Testing

/// Rows of bytes and a table of weights.
struct SoftmaxCase: CustomTestStringConvertible {
  enum Bytes: CaseIterable { case random, equal, extreme, near }

  var rows = 3
  var count: Int
  var bytes = Bytes.random
  /// Of a byte's difference, in the exponent.
  var scale = 0.03
  var gap = 4
  var range = OutputRange(zero: 3, min: 1, max: 250)
  var multiplier: Float = 256

  var testDescription: String {
    "\(rows)×\(count), \(bytes), scale \(scale), gap \(gap), multiplier \(multiplier)"
  }

  static let counts = [
    1, 2, 4, 7, 8, 9, 10, 15, 16, 17, 31, 33, 63, 64, 65, 100, 127, 128, 129, 191, 193, 256, 257, 300,
    511, 513, 1000, 1025, 1500,
  ]

  static let all: [SoftmaxCase] = {
    var cases: [SoftmaxCase] = []
    // Sets may treat what is small at once otherwise.
    for count in counts { cases += [3, 130 / count + 2].map { SoftmaxCase(rows: $0, count: count) } }
    for count in [1, 7, 64, 65, 129, 200, 256, 300, 1030] {
      for bytes in Bytes.allCases {
        for scale in [1e-9, 3e-8, 0.002, 5] {
          cases.append(
            SoftmaxCase(
              rows: 130 / count + 1, count: count, bytes: bytes, scale: scale, gap: 0, range: OutputRange()))
        }
      }
    }
    for multiplier: Float in [-50, 0, 1e30, 3e6] {
      cases.append(SoftmaxCase(rows: 2, count: 150, multiplier: multiplier))
    }
    return cases + [SoftmaxCase(rows: 2, count: 70_000, multiplier: 3e6)]
  }()

  func input(_ random: inout Random) -> [UInt8] {
    let count = rows * (count + gap)
    switch bytes {
    case .random: return random.bytes(count)
    case .equal: return [UInt8](repeating: 77, count: count)
    case .extreme: return random.bytes(count).map { $0 < 200 ? 0 : 255 }
    case .near: return random.bytes(count).map { $0 % 4 + 100 }
    }
  }
}

@Suite struct SoftmaxTests {
  private func expect(_ example: SoftmaxCase, table: [UInt32]) {
    var random = Random(seed: UInt64(example.count))
    let stride = example.count + example.gap
    let input = example.input(&random)
    var expected = Guarded(count: example.rows * stride)
    for row in 0..<example.rows {
      let run = input[row * stride..<row * stride + example.count]
      let max = run.max() ?? 0
      let weights = run.map { table[Int(max - $0)] }
      let factor = example.multiplier / Float(weights.reduce(UInt64(0)) { $0 + UInt64($1) })
      for (i, weight) in weights.enumerated() {
        expected[row * stride + i] = example.range.requantize(Float(weight) * factor)
      }
    }
    for backend in Backend.all {
      var output = Guarded(count: example.rows * stride)
      var args = pith_softmax_args()
      (args.rows, args.count) = (Int32(example.rows), Int32(example.count))
      (args.in_stride, args.out_stride) = (Int32(stride), Int32(stride))
      (args.multiplier, args.out_zero) = (example.multiplier, Int32(example.range.zero))
      (args.out_min, args.out_max) = (Int32(example.range.min), Int32(example.range.max))
      input.withUnsafeBufferPointer { input in
        table.withUnsafeBufferPointer { table in
          _ = output.withOutput { out in
            (args.input, args.output, args.table) = (input.baseAddress, out, table.baseAddress)
            backend.kernels.softmax?(&args)
          }
        }
      }
      #expect(output.bytes == expected.bytes, "\(backend)")
    }
  }

  @Test(arguments: SoftmaxCase.all) func softmax(_ example: SoftmaxCase) {
    expect(example, table: (0..<256).map { UInt32((exp(-Double($0) * example.scale) * 0x1p24).rounded()) })
  }

  /// Tables that no toolchain makes: beyond 2^24, and nothing at all, which divides by zero.
  @Test(arguments: [10, 64, 130, 300, 2000]) func otherTables(_ count: Int) {
    var random = Random(seed: 9)
    let example = SoftmaxCase(rows: 130 / count + 1, count: count)
    expect(example, table: (0..<256).map { _ in UInt32(truncatingIfNeeded: random.next()) })
    expect(example, table: [UInt32](repeating: 0, count: 256))
    expect(example, table: [UInt32](repeating: 1 << 25, count: 256))
  }
}
