import CPithKernels
import Testing

/// Copies and broadcasts over six axes.
@Suite struct StridedTests {
  /// Up to six axes; `order` says which input axis each output axis is.
  struct Shape: Sendable {
    var dims: [Int]
    var order: [Int]
  }

  static let shapes = [
    Shape(dims: [1, 1, 1, 1, 1, 1], order: [0, 1, 2, 3, 4, 5]),
    Shape(dims: [7, 1, 1, 1, 1, 1], order: [0, 1, 2, 3, 4, 5]),
    Shape(dims: [2, 3, 4, 5, 1, 1], order: [0, 2, 3, 1, 4, 5]),
    Shape(dims: [2, 3, 2, 2, 3, 2], order: [5, 3, 1, 0, 2, 4]),
    Shape(dims: [6, 40, 1, 1, 1, 1], order: [1, 0, 2, 3, 4, 5]),
    Shape(dims: [2, 3, 4, 1, 1, 1], order: [0, 1, 2, 3, 4, 5]),
    Shape(dims: [3, 0, 4, 1, 1, 1], order: [0, 1, 2, 3, 4, 5]),
  ]

  private func strides(_ dims: [Int]) -> [Int] {
    dims.indices.map { dims[($0 + 1)...].reduce(1, *) }
  }

  private func indices(_ dims: [Int]) -> [[Int]] {
    dims.reduce([[]]) { partial, dim in partial.flatMap { index in (0..<dim).map { index + [$0] } } }
  }

  @Test(arguments: shapes) func copies(_ s: Shape) {
    let count = s.dims.reduce(1, *)
    let dims = s.order.map { s.dims[$0] }
    let inStrides = s.order.map { strides(s.dims)[$0] }
    let outStrides = strides(dims)
    let floats = (0..<count).map { Float($0) }
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let table = (0...255).map { UInt8(255 - $0) }
    var trueFloats = [Float](repeating: -1, count: count + 1)
    var trueBytes = [UInt8](repeating: 9, count: count + 1)
    for index in indices(dims) {
      let from = zip(index, inStrides).map(*).reduce(0, +)
      let to = zip(index, outStrides).map(*).reduce(0, +)
      trueFloats[to] = floats[from]
      trueBytes[to] = bytes[from]
    }
    let d = dims.map(UInt32.init)
    let i = inStrides.map(UInt32.init)
    let o = outStrides.map(UInt32.init)
    var outFloats = [Float](repeating: -1, count: count + 1)
    var outBytes = [UInt8](repeating: 9, count: count + 1)
    pith_f32_copy(floats, &outFloats, d, i, o)
    pith_u8_copy(bytes, &outBytes, d, i, o, nil)
    #expect(outFloats == trueFloats)
    #expect(outBytes == trueBytes)
    pith_u8_copy(bytes, &outBytes, d, i, o, table)
    for k in 0..<count { trueBytes[k] = 255 - trueBytes[k] }
    #expect(outBytes == trueBytes)
  }

  @Test(arguments: shapes, 0..<4) func broadcasts(_ s: Shape, _ kind: Int) {
    let count = s.dims.reduce(1, *)
    let a = (0..<count).map { Float($0) + 1 }
    let b = (0..<count).map { Float($0 % 7) + 0.5 }
    let aStrides = strides(s.dims)
    let bStrides = aStrides.enumerated().map { $0 % 2 == 0 ? $1 : 0 }
    let truth = indices(s.dims).map { index -> Float in
      let x = a[zip(index, aStrides).map(*).reduce(0, +)]
      let y = b[zip(index, bStrides).map(*).reduce(0, +)]
      return [x + y, x - y, x * y, x / y][kind]
    }
    var output = [Float](repeating: -1, count: count + 1)
    pith_f32_binary(
      UInt32(kind), a, b, &output, s.dims.map(UInt32.init), aStrides.map(UInt32.init),
      bStrides.map(UInt32.init))
    #expect(output == truth + [-1])
  }
}
