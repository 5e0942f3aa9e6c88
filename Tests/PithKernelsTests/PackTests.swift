import CPithKernels
import Testing

/// The second factor of a product of computed maps, as a convolution's weights.
@Suite struct PackTests {
  @Test(arguments: [
    (8, 16, true), (8, 16, false), (5, 3, true), (5, 3, false), (13, 40, true), (64, 33, false),
    (64, 128, true), (20, 35, true), (44, 16, true), (128, 64, false), (197, 32, false), (6, 18, false),
  ])
  func packing(_ depth: Int, _ columns: Int, _ isTransposed: Bool) {
    var random = Random(seed: UInt64(depth * 100 + columns))
    let (lines, length) = isTransposed ? (columns, depth) : (depth, columns)
    let stride = length + 4
    // Vector loads may read behind the last line.
    let input = random.bytes(lines * stride + 64)
    let (paddedDepth, paddedColumns) = ((depth + 3) / 4 * 4, (columns + 15) / 16 * 16)
    for backend in Backend.all {
      var weights = [Int8](repeating: 99, count: paddedDepth * paddedColumns)
      var bias = [Int32](repeating: 99, count: paddedColumns)
      var args = pith_pack_args()
      (args.depth, args.columns, args.a_zero) = (Int32(depth), Int32(columns), 7)
      (args.k_stride, args.column_stride) = isTransposed ? (1, Int32(stride)) : (Int32(stride), 1)
      input.withUnsafeBufferPointer { input in
        weights.withUnsafeMutableBufferPointer { weights in
          bias.withUnsafeMutableBufferPointer { bias in
            args.input = input.baseAddress
            args.weights = weights.baseAddress
            args.bias = bias.baseAddress
            backend.kernels.pack?(&args)
          }
        }
      }
      for column in 0..<paddedColumns {
        var sum = 0
        for k in 0..<paddedDepth {
          let isInside = k < depth && column < columns
          let at = isTransposed ? column * stride + k : k * stride + column
          let value = isInside ? Int(input[at]) - 128 : 0
          sum += value
          let place = column / 16 * 16 * paddedDepth + k / 4 * 64 + column % 16 * 4 + k % 4
          #expect(Int(weights[place]) == value, "\(backend)")
        }
        #expect(Int(bias[column]) == -7 * sum, "\(backend)")
      }
    }
  }
}
