import CPithKernels
import Foundation
import Testing

@Suite struct SoftmaxTests {
  @Test(arguments: [1, 2, 4, 10, 100, 1000, 70_000]) func softmax(_ count: Int) {
    var random = Random(seed: UInt64(count))
    let rows = count > 1000 ? 2 : 3
    let stride = count + 4
    let table = (0..<256).map { UInt32((exp(-Double($0) * 0.03) * 16_777_216).rounded()) }
    let input = random.bytes(rows * stride)
    let multiplier: Float = count > 1000 ? 3e6 : 256
    let range = OutputRange(zero: 3, min: 1, max: 250)
    var expected = Guarded(count: rows * stride)
    for row in 0..<rows {
      let run = input[row * stride..<row * stride + count]
      let max = run.max() ?? 0
      let weights = run.map { table[Int(max - $0)] }
      let total = weights.reduce(UInt64(0)) { $0 + UInt64($1) }
      for (i, weight) in weights.enumerated() {
        expected[row * stride + i] = range.requantize(Float(weight) * (multiplier / Float(total)))
      }
    }
    for backend in Backend.all {
      var output = Guarded(count: rows * stride)
      var args = pith_softmax_args()
      (args.rows, args.count) = (Int32(rows), Int32(count))
      (args.in_stride, args.out_stride) = (Int32(stride), Int32(stride))
      (args.multiplier, args.out_zero, args.out_min, args.out_max) = (multiplier, 3, 1, 250)
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
}
