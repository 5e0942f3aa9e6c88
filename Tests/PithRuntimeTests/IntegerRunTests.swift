import CPith
import PithHost
import PithRuntime
import Testing

/// Each integer instruction against values worked out by hand or by a few lines of naive code.
@Suite struct IntegerRunTests {
  typealias Builder = ProgramBuilder

  /// An input of `values` as a [1, h, w, c] map (row-major NHWC), one instruction, and its output as floats.
  private func run(
    _ dims: [UInt32], _ outDims: [UInt32], _ values: [Float], zero: Int32 = 0, outScale: Float = 1,
    outZero: Int32 = 0, threads: UInt32 = 1, emit: (inout Builder, UInt32, UInt32) -> Void
  ) throws -> [Float] {
    var b = Builder()
    let input = b.input(dims)
    let x = b.map(dims, zero: zero)
    let y = b.map(outDims, scale: outScale, zero: outZero)
    let output = b.output(outDims)
    b.quantize(input, x, strides: Self.dense(dims))
    emit(&b, x, y)
    b.dequantize(y, output, strides: Self.dense(outDims))
    return try GuardedRun.outputs(b.build(), [values], threads: threads)[0]
  }

  static func dense(_ dims: [UInt32]) -> [UInt32] {
    [dims[1] * dims[2] * dims[3], dims[2] * dims[3], dims[3], 1]
  }

  @Test func quantizeTransposesRoundsHalfToEvenAndClamps() throws {
    var b = Builder()
    let input = b.input([1, 2, 1, 4])  // logical NCHW: two channels of 1×4
    let x = b.map([1, 1, 4, 2], scale: 0.5, zero: 10)
    let output = b.output([1, 1, 4, 2])
    b.quantize(input, x, strides: [8, 4, 1, 4])
    b.dequantize(x, output, strides: [8, 8, 2, 1])
    let values: [Float] = [0.25, 0.75, -0.25, 1e9, -1e9, .nan, .infinity, 1]
    let result = try GuardedRun.outputs(b.build(), [values])[0]
    // x / 0.5 = 0.5, 1.5, -0.5 round to 0, 2, 0; bytes clamp to 0...255, that is -5...122.5.
    #expect(result == [0, -5, 1, -5, 0, 122.5, 122.5, 1])
  }

  @Test func quantizeFillsAHalo() throws {
    var b = Builder()
    let input = b.input([1, 1, 2, 2])
    let x = b.map([1, 4, 4, 1], zero: 7, stride: 1)
    let output = b.output([1, 4, 4, 1])
    b.emit(PITH_OP_FILL, [], x) { $0.immediate_i = 7 }
    b.quantize(input, x, strides: [4, 2, 1, 1], byteOffset: 5, dims: [1, 2, 2, 1])
    b.dequantize(x, output, strides: [16, 4, 1, 1])
    let result = try GuardedRun.outputs(b.build(), [[1, 2, 3, 4]])[0]
    #expect(result == [0, 0, 0, 0, 0, 1, 2, 0, 0, 3, 4, 0, 0, 0, 0, 0])
  }

  @Test func convolutionWithPads() throws {
    // 3×3 of ones over 3×3 of 1...9 (zero point 5): sums of neighbours.
    let values = (1...9).map(Float.init)
    let result = try run([1, 3, 3, 1], [1, 3, 3, 1], values, zero: 5) { b, x, y in
      let taps = [Int8](repeating: 0, count: 36).enumerated().map { Int8($0.offset % 4 == 0 ? 1 : 0) }
      let weights = b.pack([taps])
      let bias = b.perChannel([Int32(-5 * 9)])
      let multiplier = b.perChannel([Float(1)])
      let scratch = b.reserve(64)
      b.emit(PITH_OP_CONV, [x], y) {
        $0.window = Builder.window(kernel: (3, 3), pads: (1, 1, 1, 1))
        $0.window.tap_bytes = 4
        $0.window.extent = 4
        $0.weights = weights
        $0.bias = bias
        $0.multiplier = multiplier
        $0.scratch = UInt32(scratch)
      }
    }
    #expect(result == [12, 21, 16, 27, 45, 33, 24, 39, 28])
  }

  @Test func matrixProductOfRowsWithClamp() throws {
    // [1][1][2][4] × 5 channels; multiplier 0.5; ReLU at the zero point 3.
    let rows: [[Int8]] = [[1, 0, 0, 0], [0, 1, 0, 0], [-1, 0, 0, 0], [1, 1, 1, 1], [0, 0, 0, -127]]
    let result = try run([1, 1, 2, 4], [1, 1, 2, 5], [1, 2, 3, 4, 5, 6, 7, 8], outZero: 3) { b, x, y in
      let weights = b.pack(rows)
      let bias = b.perChannel([0, 1, 0, 0, 2000] as [Int32])
      let multiplier = b.perChannel([Float](repeating: 0.5, count: 5))
      b.emit(PITH_OP_CONV, [x], y) {
        $0.window = Builder.window()
        $0.window.tap_bytes = 4
        $0.window.extent = 8
        $0.window.clamp_min = 3
        $0.weights = weights
        $0.bias = bias
        $0.multiplier = multiplier
      }
    }
    // 0.5 → 0, 1.5 → 2, clamped at 0, 5; (2000 - 508) / 2 clamps to 252. Second row 2.5 → 2, 3.5 → 4, …
    #expect(result == [0, 2, 0, 5, 252, 2, 4, 0, 13, 252])
  }

  @Test func groupsAreSlicesOfPixels() throws {
    // Two groups of 4 channels to 4: each its own 4×4 matrix.
    let result = try run([1, 1, 1, 8], [1, 1, 1, 8], [1, 2, 3, 4, 5, 6, 7, 8]) { b, x, y in
      for group in 0..<2 {
        let factor = Int8(group + 1)
        let weights = b.pack((0..<4).map { row in (0..<4).map { $0 == row ? factor : 0 } })
        let bias = b.perChannel([0, 0, 0, 0] as [Int32])
        let multiplier = b.perChannel([1, 1, 1, 1] as [Float])
        b.emit(PITH_OP_CONV, [x], y) {
          $0.window = Builder.window()
          $0.window.tap_bytes = 4
          $0.window.extent = 4
          $0.window.input_channel = Int32(4 * group)
          $0.window.output_channel = Int32(4 * group)
          $0.weights = weights
          $0.bias = bias
          $0.multiplier = multiplier
        }
      }
    }
    #expect(result == [1, 2, 3, 4, 10, 12, 14, 16])
  }

  @Test func mergedFirstLayer() throws {
    // 2×3 kernel over a one-channel map of stride 1: a tap is a row of 3, padded to 4 that meets a zero weight.
    var b = Builder()
    let input = b.input([1, 1, 3, 5])
    let x = b.map([1, 3, 5, 1], stride: 1)
    let y = b.map([1, 2, 3, 1])
    let output = b.output([1, 2, 3, 1])
    b.quantize(input, x, strides: [15, 5, 1, 1])
    let weights = b.pack([[1, 2, 3, 0, 1, 1, 1, 0]])
    let bias = b.perChannel([0] as [Int32])
    let multiplier = b.perChannel([1] as [Float])
    b.emit(PITH_OP_CONV, [x], y) {
      $0.window = Builder.window(kernel: (2, 1))
      $0.window.tap_bytes = 4
      $0.window.extent = 4
      $0.weights = weights
      $0.bias = bias
      $0.multiplier = multiplier
    }
    b.dequantize(y, output, strides: [6, 3, 1, 1])
    let values = (0..<15).map { Float($0 % 7) }
    let result = try GuardedRun.outputs(b.build(), [values])[0]
    var expected: [Float] = []
    for row in 0..<2 {
      for column in 0..<3 {
        let top = (0..<3).map { values[row * 5 + column + $0] * Float($0 + 1) }.reduce(0, +)
        expected.append(top + (0..<3).map { values[row * 5 + 5 + column + $0] }.reduce(0, +))
      }
    }
    #expect(result == expected)
  }

  @Test func depthwise() throws {
    // Channel c is multiplied by c + 1 in the middle tap and 1 above.
    let values = (0..<24).map { Float($0 % 5) }  // [1, 3, 2, 4]
    let result = try run([1, 3, 2, 4], [1, 3, 2, 4], values, zero: 2) { b, x, y in
      let rows = (0..<4).map { c -> [Int8] in
        // k = kx * 4 + ky: a kernel of 3 × 1.
        [1, Int8(c + 1), 0, 0]
      }
      let weights = b.pack(rows)
      let bias = b.perChannel((0..<4).map { Int32(-2 * ($0 + 2)) })
      let multiplier = b.perChannel([1, 1, 1, 1] as [Float])
      let scratch = b.reserve(64)
      b.emit(PITH_OP_DEPTHWISE, [x], y) {
        $0.window = Builder.window(kernel: (3, 1), pads: (1, 0, 1, 0))
        $0.weights = weights
        $0.bias = bias
        $0.multiplier = multiplier
        $0.scratch = UInt32(scratch)
      }
    }
    let expected = (0..<24).map { i -> Float in
      values[i] * Float(i % 4 + 1) + (i >= 8 ? values[i - 8] : 0)
    }
    #expect(result == expected)
  }

  @Test func pools() throws {
    let values: [Float] = [1, 5, 2, 8, 3, 4, 9, 7, 6]  // [1, 3, 3, 1]
    let largest = try run([1, 3, 3, 1], [1, 2, 2, 1], values) { b, x, y in
      b.emit(PITH_OP_MAX_POOL, [x], y) {
        $0.window = Builder.window(kernel: (2, 2), stride: (2, 2), pads: (1, 1, 0, 0))
      }
    }
    #expect(largest == [1, 5, 9, 7])
    let inside = try run([1, 3, 3, 1], [1, 2, 2, 1], values, zero: 1) { b, x, y in
      b.emit(PITH_OP_AVERAGE_POOL, [x], y) {
        $0.window = Builder.window(kernel: (2, 2), stride: (2, 2), pads: (1, 1, 0, 0))
        $0.immediate_f.0 = 1
      }
    }
    // 1, 7 / 2 → 4 (half to even), 17 / 2 → 8, 20 / 4.
    #expect(inside == [1, 4, 8, 5])
    let padded = try run([1, 3, 3, 1], [1, 2, 2, 1], values) { b, x, y in
      b.emit(PITH_OP_AVERAGE_POOL, [x], y) {
        $0.window = Builder.window(kernel: (2, 2), stride: (2, 2), pads: (1, 1, 0, 0))
        $0.window.extent = 1
        $0.immediate_f.0 = 2
      }
    }
    // 2 · (1, 7, 17, 20) / 4 with 0.5 → 0, 3.5 → 4, 8.5 → 8.
    #expect(padded == [0, 4, 8, 10])
    let ceiling = try run([1, 1, 4, 1], [1, 1, 2, 1], [1, 2, 3, 4]) { b, x, y in
      b.emit(PITH_OP_MAX_POOL, [x], y) { $0.window = Builder.window(kernel: (1, 3), stride: (1, 2)) }
    }
    #expect(ceiling == [3, 4])
  }

  @Test func addAndMultiply() throws {
    let values: [Float] = [1, 2, 3, 4, 5, 6, 7, 8]
    for inPlace in [false, true] {
      let sum = try run([1, 1, 2, 4], [1, 1, 2, 4], values, zero: 3) { b, x, y in
        b.emit(PITH_OP_ADD, [x, x], inPlace ? x : y) {
          $0.binary.clamp_max = 255
          $0.immediate_f = (1, 0.5)
        }
        if inPlace {
          b.emit(PITH_OP_ADD, [x, x], y) {
            $0.binary.clamp_max = 255
            $0.immediate_f = (1, 0)
          }
        }
      }
      // 1.5 x, half to even.
      #expect(sum == [2, 3, 4, 6, 8, 9, 10, 12])
    }
    let scaled = try run([1, 1, 2, 4], [1, 1, 2, 4], values) { b, x, y in
      let gate = b.map([1, 1, 1, 4])
      b.emit(PITH_OP_AVERAGE_POOL, [x], gate) {
        $0.window = Builder.window(kernel: (1, 2))
        $0.immediate_f.0 = 1
      }
      b.emit(PITH_OP_MULTIPLY, [x, gate], y) {
        $0.binary.clamp_max = 50
        $0.immediate_f = (1, 0)
      }
    }
    // The gate is 3, 4, 5, 6, and the clamp acts on bytes.
    #expect(scaled == [3, 8, 15, 24, 15, 24, 35, 48])
  }

  @Test func lookupCopyFillSoftmax() throws {
    let values: [Float] = [1, 2, 3, 4, 5, 6, 7, 8]
    let squared = try run([1, 1, 2, 4], [1, 1, 2, 4], values) { b, x, y in
      let table = b.constant((0..<256).map { UInt8(truncatingIfNeeded: $0 * $0) })
      b.emit(PITH_OP_LOOKUP, [x], y) { $0.table = table }
    }
    #expect(squared == [1, 4, 9, 16, 25, 36, 49, 64])
    let turned = try run([1, 1, 2, 4], [1, 1, 4, 2], values) { b, x, y in
      let table = b.constant((0..<256).map { UInt8(truncatingIfNeeded: $0 + 1) })
      b.emit(PITH_OP_FILL, [], y) { $0.immediate_i = 9 }
      b.emit(PITH_OP_COPY, [x], y) {
        $0.move.dims = Builder.axes([3, 2])
        $0.move.input_strides = Builder.axes([1, 4], fill: 0)
        $0.move.output_strides = Builder.axes([4, 1], fill: 0)
        $0.move.input_offset = 1
        $0.table = table
      }
    }
    #expect(turned == [3, 7, 4, 8, 5, 9, 9, 9])
    let even = try run([1, 1, 2, 4], [1, 1, 2, 4], [3, 3, 3, 3, 0, 0, 200, 0], outScale: 1 / 256) { b, x, y in
      let table = b.constant(
        [1 << 24] + [UInt32](repeating: 0, count: 199) + [UInt32](repeating: 0, count: 56))
      b.emit(PITH_OP_SOFTMAX, [x], y) {
        $0.table = table
        $0.immediate_f.0 = 256
      }
    }
    #expect(even == [0.25, 0.25, 0.25, 0.25, 0, 0, 255.0 / 256, 0])
  }

  @Test func concatenationWritesSlices() throws {
    var b = Builder()
    let input = b.input([2, 1, 3, 4])
    let x = b.map([2, 1, 3, 4])
    let whole = b.map([2, 1, 3, 12])
    let first = b.slice(of: whole, channels: 0..<4)
    let last = b.slice(of: whole, channels: 8..<12)
    let middle = b.slice(of: whole, channels: 4..<8)
    let output = b.output([2, 1, 3, 12])
    b.quantize(input, x, strides: [12, 12, 4, 1])
    let table = b.constant((0..<256).map { UInt8(truncatingIfNeeded: $0 + 1) })
    b.emit(PITH_OP_LOOKUP, [x], first) { $0.table = table }
    b.emit(PITH_OP_ADD, [x, first], last) {
      $0.binary.clamp_max = 255
      $0.immediate_f = (1, 1)
    }
    b.emit(PITH_OP_MAX_POOL, [first], middle) { $0.window = Builder.window() }
    b.dequantize(whole, output, strides: [36, 36, 12, 1])
    let values = (0..<24).map(Float.init)
    let result = try GuardedRun.outputs(b.build(), [values])[0]
    let expected = (0..<6).flatMap { pixel in
      let v = (0..<4).map { Float(4 * pixel + $0) }
      return v.map { $0 + 1 } + v.map { $0 + 1 } + v.map { 2 * $0 + 1 }
    }
    #expect(result == expected)
  }

  @Test func bandsOfRowsGiveTheSameAsTheWhole() throws {
    let dims: [UInt32] = [2, 30, 20, 16]
    let values = (0..<19_200).map { Float(($0 * 37) % 200) }
    func layers(_ b: inout Builder, _ x: UInt32, _ y: UInt32) {
      let middle = b.map(dims)
      let rows = (0..<16).map { (c: Int) -> [Int8] in
        (0..<144).map { (k: Int) -> Int8 in Int8((k * 7 + c * 3) % 15 - 7) }
      }
      let weights = b.pack(rows)
      let bias = b.perChannel((0..<16).map { Int32($0 * 100) })
      let multiplier = b.perChannel([Float](repeating: 0.01, count: 16))
      let scratch = b.reserve(64)
      b.emit(PITH_OP_CONV, [x], middle) {
        $0.window = Builder.window(kernel: (3, 3), pads: (1, 1, 1, 1))
        $0.window.tap_bytes = 16
        $0.window.extent = 16
        $0.weights = weights
        $0.bias = bias
        $0.multiplier = multiplier
        $0.scratch = UInt32(scratch)
      }
      b.emit(PITH_OP_MAX_POOL, [middle], y) {
        $0.window = Builder.window(kernel: (7, 7), pads: (3, 3, 3, 3))
      }
    }
    let whole = try run(dims, dims, values, threads: 1, emit: layers)
    for threads in [2, 3, 7, 64] as [UInt32] {
      #expect(try run(dims, dims, values, threads: threads, emit: layers) == whole)
    }
  }
}
