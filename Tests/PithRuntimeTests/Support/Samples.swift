import CPith

/// Programs that between them use every instruction, for tests that then damage them.
enum Samples {
  typealias Builder = ProgramBuilder

  /// Instruction numbers of `integers`.
  enum Integer: Int, CaseIterable {
    case fill, quantize, first, depthwise, maxPool, averagePool, add, multiply, lookup, conv, copy, softmax
    case dequantize
  }

  /// A small network of every integer instruction. [1, 2, 5, 4] goes in, [1, 1, 1, 8] comes out.
  static func integers() -> Builder {
    var b = Builder()
    let input = b.input([1, 2, 5, 4], name: "image")
    let output = b.output([1, 8], name: "scores")
    let halo = b.map([1, 6, 6, 2], scale: 0.5, zero: 3, stride: 2)
    let first = b.map([1, 5, 4, 8], zero: 2)
    let depthwise = b.map([1, 5, 4, 8])
    let pooled = b.map([1, 3, 2, 8])
    let gate = b.map([1, 1, 1, 8])
    let whole = b.map([1, 3, 2, 16])
    let left = b.slice(of: whole, channels: 0..<8)
    let right = b.slice(of: whole, channels: 8..<16)
    let deep = b.map([1, 3, 2, 8])
    let flat = b.map([1, 1, 1, 8])
    let soft = b.map([1, 1, 1, 8], scale: 1 / 256)
    let scratch = UInt32(b.reserve(64))
    let firstName = b.name("first")
    let bias = b.perChannel((0..<8).map { Int32($0 * 3) })
    let multiplier = b.perChannel([Float](repeating: 0.25, count: 8))
    let table = b.constant((0..<256).map { UInt8(255 - $0) })
    let exponents = b.constant((0..<256).map { UInt32(1 << 24) >> UInt32(min($0, 31)) })

    /// Zero for the bytes of each tap from `used` on: they are padding, and may be anything.
    func weights(_ k: Int, tap: Int = 1, used: Int = 1) -> [[Int8]] {
      (0..<8).map { (c: Int) -> [Int8] in
        (0..<k).map { (i: Int) -> Int8 in i % tap < used ? Int8((i * 5 + c * 3) % 9 - 4) : 0 }
      }
    }
    func parameters(_ record: inout pith_instruction, _ weights: UInt32) {
      record.weights = weights
      record.bias = bias
      record.multiplier = multiplier
      record.scratch = scratch
    }
    b.emit(PITH_OP_FILL, [], halo) { $0.immediate_i = 3 }
    b.quantize(input, halo, strides: [40, 4, 1, 20], byteOffset: 2 * 6 + 2, dims: [1, 5, 4, 2])
    var packed = b.pack(weights(3 * 8, tap: 8, used: 6))
    b.emit(PITH_OP_CONV, [halo], first) {
      parameters(&$0, packed)
      $0.name = firstName
      $0.window = Builder.window(kernel: (3, 1), pads: (1, 0, 0, 0))
      $0.window.tap_bytes = 8  // three pixels of 2 bytes, padded
      $0.window.extent = 8
    }
    packed = b.pack(weights(3 * 4, tap: 4, used: 3))
    b.emit(PITH_OP_DEPTHWISE, [first], depthwise) {
      parameters(&$0, packed)
      $0.window = Builder.window(kernel: (3, 3), pads: (1, 1, 1, 1))
    }
    b.emit(PITH_OP_MAX_POOL, [depthwise], pooled) {
      $0.window = Builder.window(kernel: (3, 3), stride: (2, 2), pads: (1, 1, 1, 0))
    }
    b.emit(PITH_OP_AVERAGE_POOL, [pooled], gate) {
      $0.window = Builder.window(kernel: (3, 2))
      $0.immediate_f.0 = 1
    }
    b.emit(PITH_OP_ADD, [pooled, pooled], pooled) {
      $0.binary.clamp_max = 255
      $0.immediate_f = (0.5, 0.25)
    }
    b.emit(PITH_OP_MULTIPLY, [pooled, gate], left) {
      $0.binary.clamp_max = 200
      $0.immediate_f = (0.125, 0)
    }
    b.emit(PITH_OP_LOOKUP, [left], right) { $0.table = table }
    packed = b.pack(weights(9 * 16))
    b.emit(PITH_OP_CONV, [whole], deep) {
      parameters(&$0, packed)
      $0.window = Builder.window(kernel: (3, 3), dilation: (1, 1), pads: (1, 1, 1, 1))
      $0.window.tap_bytes = 16
      $0.window.extent = 8
    }
    b.emit(PITH_OP_COPY, [deep], flat) {
      $0.table = table
      $0.move.dims = Builder.axes([2, 4])
      $0.move.input_strides = Builder.axes([8, 1], fill: 0)
      $0.move.output_strides = Builder.axes([4, 1], fill: 0)
    }
    b.emit(PITH_OP_SOFTMAX, [flat], soft) {
      $0.table = exponents
      $0.immediate_f.0 = 256
    }
    b.dequantize(soft, output, strides: [8, 8, 8, 1])
    return b
  }

  /// Instruction numbers of `floats`.
  enum Float32: Int, CaseIterable {
    case conv, unary, maxPool, averagePool, binary, fill, copy, mean, matmul, softmax
  }

  /// A small network of every fp32 instruction. [1, 2, 4, 4] goes in, [1, 3] comes out.
  static func floats() -> Builder {
    var b = Builder()
    let input = b.input([1, 2, 4, 4])
    let output = b.output([1, 3])
    let maps = b.floats([1, 4, 4, 4])
    let largest = b.floats([1, 4, 2, 2])
    let average = b.floats([1, 4, 2, 2])
    let both = b.floats([1, 8, 4])
    let means = b.floats([8])
    let scores = b.floats([1, 3])
    let kernel = b.constantFloats((0..<36).map { Float($0 % 7) - 3 }, [4, 1, 3, 3])
    let bias = b.constantFloats([1, 2, 3, 4], [4])
    let matrix = b.constantFloats((0..<24).map { Float($0 % 5) - 2 }, [8, 3])
    let offset = b.constantFloats([0.5, 0.25, 1], [3])
    b.emit(PITH_OP_F32_CONV, [input, kernel, bias], maps) {
      $0.window = Builder.window(kernel: (3, 3), pads: (1, 1, 1, 1))
      $0.window.extent = 2
    }
    b.emit(PITH_OP_F32_UNARY, [maps], maps) {
      $0.flags = UInt16(PITH_CLIP.rawValue)
      $0.immediate_f = (0, 6)
    }
    b.emit(PITH_OP_F32_MAX_POOL, [maps], largest) {
      $0.window = Builder.window(kernel: (2, 2), stride: (2, 2))
    }
    b.emit(PITH_OP_F32_AVERAGE_POOL, [maps], average) {
      $0.window = Builder.window(kernel: (3, 3), stride: (2, 2), pads: (1, 1, 0, 0))
      $0.window.extent = 1
    }
    b.emit(PITH_OP_F32_BINARY, [largest, average], average) {
      $0.flags = UInt16(PITH_SUB.rawValue)
      $0.broadcast.dims = Builder.axes([4, 4])
      $0.broadcast.a_strides = Builder.axes([4, 1], fill: 0)
      $0.broadcast.b_strides = Builder.axes([4, 1], fill: 0)
    }
    b.emit(PITH_OP_F32_FILL, [], both) { $0.immediate_f.0 = 0.5 }
    b.emit(PITH_OP_F32_COPY, [average], both) {
      $0.move.dims = Builder.axes([4, 4])
      $0.move.input_strides = Builder.axes([4, 1], fill: 0)
      $0.move.output_strides = Builder.axes([8, 1], fill: 0)
      $0.move.output_offset = 4
    }
    b.emit(PITH_OP_F32_MEAN, [both], means)
    b.emit(PITH_OP_F32_MATMUL, [means, matrix, offset], scores) {
      $0.matmul.batch = 1
      $0.matmul.rows = 1
      $0.matmul.inner = 8
      $0.matmul.columns = 3
      $0.matmul.a_row = 8
      $0.matmul.a_inner = 1
      $0.matmul.b_inner = 3
      $0.matmul.b_column = 1
      $0.matmul.c_column = 1
      $0.immediate_f = (1, 1)
    }
    b.emit(PITH_OP_F32_SOFTMAX, [scores], output)
    return b
  }

  /// Instruction numbers of `sparse`.
  enum Sparse: Int {
    case quantize, map, vector, empty, dequantize
  }

  /// A small network of block-sparse convolutions: 3×3 over a map, a product with a vector, and one that keeps
  /// nothing. [1, 4, 5, 4] goes in, [1, 8] comes out.
  static func sparse() -> Builder {
    var b = Builder()
    let input = b.input([1, 4, 5, 4], name: "image")
    let output = b.output([1, 8], name: "scores")
    let x = b.map([1, 5, 4, 4], scale: 0.5, zero: 3)
    let maps = b.map([1, 5, 4, 20], zero: 2)
    let flat = b.map([1, 1, 1, 400], zero: 2, at: b.tensors[Int(maps)].offset)
    let middle = b.map([1, 1, 1, 36])
    let last = b.map([1, 1, 1, 8])
    let scratch = UInt32(b.reserve(64))
    let bias = b.perChannel((0..<36).map { Int32($0 * 3) })
    let multiplier = b.perChannel([Float](repeating: 0.125, count: 36))
    /// Every block that `keeps` of its number among the 16 channels' is there.
    func weights(_ channels: Int, _ depth: Int, keeps: (Int, Int) -> Bool) -> [[Int8]] {
      (0..<channels).map { (c: Int) -> [Int8] in
        (0..<depth).map { (k: Int) -> Int8 in keeps(c / 16, k / 4) ? Int8((k * 5 + c * 3) % 9 - 4) : 0 }
      }
    }
    func emit(_ from: UInt32, _ to: UInt32, _ rows: [[Int8]], _ change: (inout pith_window) -> Void) {
      let packed = b.packSparse(rows)
      b.emit(PITH_OP_CONV_SPARSE, [from], to) {
        ($0.weights, $0.table) = (packed.weights, packed.table)
        ($0.bias, $0.multiplier, $0.scratch) = (bias, multiplier, scratch)
        $0.window = Builder.window()
        change(&$0.window)
      }
    }
    b.quantize(input, x, strides: [80, 4, 1, 20])
    emit(x, maps, weights(20, 36) { block, group in (block + group) % 3 == 0 }) {
      $0 = Builder.window(kernel: (3, 3), pads: (1, 1, 1, 1))
      $0.tap_bytes = 4
      $0.extent = 20
    }
    emit(flat, middle, weights(36, 400) { block, group in (7 * block + group) % 12 == 1 }) {
      $0.tap_bytes = 400
      $0.extent = 36
    }
    emit(middle, last, weights(8, 36) { _, _ in false }) {
      $0.tap_bytes = 36
      $0.extent = 8
    }
    b.dequantize(last, output, strides: [8, 8, 8, 1])
    return b
  }
}
