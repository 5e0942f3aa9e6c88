import CPith

extension Samples {
  /// A first layer and another, both of which pool. [1, 11, 12, 2] goes in, [1, 2, 2, 8] comes out.
  static func pooled() -> Builder {
    var b = Builder()
    let input = b.input([1, 11, 12, 2])
    let output = b.output([1, 2, 2, 8])
    let image = b.map([1, 11, 12, 2], zero: 3, stride: 2)
    let first = b.map([1, 4, 5, 8], zero: 2)
    let second = b.map([1, 2, 2, 8])
    let scratch = UInt32(b.reserve(64))
    let bias = b.perChannel((0..<8).map { Int32($0 * 3) })
    let multiplier = b.perChannel([Float](repeating: 0.25, count: 8))
    func weights(_ k: Int, tap: Int, used: Int) -> [[Int8]] {
      (0..<8).map { (c: Int) -> [Int8] in
        (0..<k).map { (i: Int) -> Int8 in i % tap < used ? Int8((i * 5 + c * 3) % 9 - 4) : 0 }
      }
    }
    b.quantize(input, image, strides: [264, 24, 2, 1])
    for (source, target, rows) in [
      (image, first, weights(3 * 8, tap: 8, used: 6)), (first, second, weights(9 * 8, tap: 8, used: 8)),
    ] {
      let packed = b.pack(rows)
      b.emit(PITH_OP_CONV, [source], target) {
        $0.flags = UInt16(PITH_CONV_POOLS)
        ($0.weights, $0.bias, $0.multiplier, $0.scratch) = (packed, bias, multiplier, scratch)
        $0.window =
          source == image
          ? Builder.window(kernel: (3, 1)) : Builder.window(kernel: (3, 3), pads: (1, 1, 1, 1))
        $0.window.tap_bytes = 8  // of the image three pixels of 2 bytes, padded
        $0.window.extent = 8
      }
    }
    b.dequantize(second, output, strides: [32, 16, 8, 1])
    return b
  }
}
