import CPith
import PithHost
import PithRuntime
import Testing

/// Each fp32 instruction against values worked out by hand or by a few lines of naive code.
@Suite struct FloatRunTests {
  typealias Builder = ProgramBuilder

  private func run(
    _ inputs: [([UInt32], [Float])], _ outDims: [UInt32], emit: (inout Builder, [UInt32], UInt32) -> Void
  ) throws -> [Float] {
    var b = Builder()
    let numbers = inputs.map { b.input($0.0) }
    let output = b.output(outDims)
    emit(&b, numbers, output)
    return try GuardedRun.outputs(b.build(), inputs.map(\.1))[0]
  }

  @Test func copyTransposesAndFillFills() throws {
    let result = try run([([2, 3], [1, 2, 3, 4, 5, 6])], [4, 2]) { b, x, y in
      b.emit(PITH_OP_F32_FILL, [], y) { $0.immediate_f.0 = -2.5 }
      b.emit(PITH_OP_F32_COPY, [x[0]], y) {
        $0.move.dims = Builder.axes([3, 2])
        $0.move.input_strides = Builder.axes([1, 3], fill: 0)
        $0.move.output_strides = Builder.axes([2, 1], fill: 0)
        $0.move.output_offset = 2
      }
    }
    #expect(result == [-2.5, -2.5, 1, 4, 2, 5, 3, 6])
  }

  @Test func convolutionWithGroupsPadsStrideAndBias() throws {
    let values = (0..<36).map { Float($0 % 11) - 4 }  // [2, 2, 3, 3]
    let weights = (0..<16).map { Float($0 % 5) - 2 }  // [4, 1, 2, 2]
    let bias: [Float] = [1, -1, 0.5, 0]
    for withBias in [true, false] {
      let result = try run([([2, 2, 3, 3], values)], [2, 4, 2, 2]) { b, x, y in
        let w = b.constantFloats(weights, [4, 1, 2, 2])
        let c = b.constantFloats(bias, [4])
        b.emit(PITH_OP_F32_CONV, [x[0], w] + (withBias ? [c] : []), y) {
          $0.window = Builder.window(kernel: (2, 2), stride: (2, 2), pads: (1, 1, 0, 0))
          $0.window.extent = 2
        }
      }
      var expected: [Float] = []
      for n in 0..<2 {
        for m in 0..<4 {
          for y in 0..<2 {
            for x in 0..<2 {
              var sum: Float = withBias ? bias[m] : 0
              for ky in 0..<2 {
                for kx in 0..<2 {
                  let (row, column) = (2 * y - 1 + ky, 2 * x - 1 + kx)
                  guard row >= 0, column >= 0 else { continue }
                  sum += values[n * 18 + m / 2 * 9 + row * 3 + column] * weights[m * 4 + ky * 2 + kx]
                }
              }
              expected.append(sum)
            }
          }
        }
      }
      #expect(result == expected)
    }
  }

  @Test func matrixProduct() throws {
    // 2 batches of [2, 3] · one [3, 2] given transposed, + bias per column.
    let a = (1...12).map(Float.init)
    let b: [Float] = [1, 0, 2, -1, 1, 0]  // [2, 3], read as [3, 2]
    let result = try run([([2, 2, 3], a), ([2, 3], b), ([2], [10, 20])], [2, 2, 2]) { builder, x, y in
      builder.emit(PITH_OP_F32_MATMUL, x, y) {
        $0.matmul.batch = 2
        $0.matmul.rows = 2
        $0.matmul.inner = 3
        $0.matmul.columns = 2
        $0.matmul.a_batch = 6
        $0.matmul.a_row = 3
        $0.matmul.a_inner = 1
        $0.matmul.b_inner = 1
        $0.matmul.b_column = 3
        $0.matmul.c_column = 1
        $0.immediate_f = (2, 0.5)
      }
    }
    #expect(result == [19, 12, 37, 12, 55, 12, 73, 12])
  }

  @Test func binaryBroadcasts() throws {
    let a: [Float] = [1, 2, 3, 4, 5, 6]
    let b: [Float] = [2, 4]
    let expected: [[Float]] = [
      [3, 4, 5, 8, 9, 10], [-1, 0, 1, 0, 1, 2], [2, 4, 6, 16, 20, 24], [0.5, 1, 1.5, 1, 1.25, 1.5],
    ]
    for kind in 0..<4 {
      let result = try run([([2, 3], a), ([2, 1], b)], [2, 3]) { builder, x, y in
        builder.emit(PITH_OP_F32_BINARY, x, y) {
          $0.flags = UInt16(kind)
          $0.broadcast.dims = Builder.axes([2, 3])
          $0.broadcast.a_strides = Builder.axes([3, 1], fill: 0)
          $0.broadcast.b_strides = Builder.axes([1, 0], fill: 0)
        }
      }
      #expect(result == expected[kind])
    }
  }

  @Test func binaryInPlace() throws {
    let result = try run([([2, 2], [1, 2, 3, 4])], [2, 2]) { b, x, y in
      b.emit(PITH_OP_F32_FILL, [], y) { $0.immediate_f.0 = 3 }
      for operands in [[x[0], y], [y, y]] {
        b.emit(PITH_OP_F32_BINARY, operands, y) {
          $0.flags = UInt16(PITH_MUL.rawValue)
          $0.broadcast.dims = Builder.axes([4])
          $0.broadcast.a_strides = Builder.axes([1], fill: 0)
          $0.broadcast.b_strides = Builder.axes([1], fill: 0)
        }
      }
    }
    #expect(result == [9, 36, 81, 144])
  }

  @Test func unary() throws {
    let x: [Float] = [-4, -1, -0.5, 0, 0.5, 1, 4]
    func apply(_ kind: pith_unary_kind, _ p: Float = 0, _ q: Float = 0) throws -> [Float] {
      try run([([7], x)], [7]) { b, inputs, y in
        b.emit(PITH_OP_F32_UNARY, [inputs[0]], y) {
          $0.flags = UInt16(kind.rawValue)
          $0.immediate_f = (p, q)
        }
      }
    }
    #expect(try apply(PITH_RELU) == [0, 0, 0, 0, 0.5, 1, 4])
    #expect(try apply(PITH_CLIP, -1, 0.75) == [-1, -1, -0.5, 0, 0.5, 0.75, 0.75])
    #expect(try apply(PITH_LEAKY_RELU, 0.5) == [-2, -0.5, -0.25, 0, 0.5, 1, 4])
    #expect(try apply(PITH_HARD_SIGMOID, 0.25, 0.5) == [0, 0.25, 0.375, 0.5, 0.625, 0.75, 1])
    let swish = try apply(PITH_HARD_SWISH)
    let sigmoid = try apply(PITH_SIGMOID)
    let tanh = try apply(PITH_TANH)
    let expected: [(Float, Float, Float)] = [
      (0, 0.017986210, -0.99932930), (-1.0 / 3, 0.26894142, -0.76159416),
      (-0.5 * 2.5 / 6, 0.37754067, -0.46211716), (0, 0.5, 0), (0.5 * 3.5 / 6, 0.62245933, 0.46211716),
      (2.0 / 3, 0.73105858, 0.76159416), (4, 0.98201379, 0.99932930),
    ]
    for (index, e) in expected.enumerated() {
      #expect(abs(swish[index] - e.0) < 1e-6)
      #expect(abs(sigmoid[index] - e.1) < 1e-6)
      #expect(abs(tanh[index] - e.2) < 1e-6)
    }
  }

  @Test func softmaxAndMean() throws {
    let softmax = try run([([2, 2], [0, 0, 1, 2])], [2, 2]) { b, x, y in
      b.emit(PITH_OP_F32_SOFTMAX, [x[0]], y)
    }
    for (value, expected) in zip(softmax, [0.5, 0.5, 0.26894142, 0.73105858] as [Float]) {
      #expect(abs(value - expected) < 1e-6)
    }
    let mean = try run([([2, 4], [1, 2, 3, 4, -1, 0, 1, 8])], [2, 1]) { b, x, y in
      b.emit(PITH_OP_F32_MEAN, [x[0]], y)
    }
    #expect(mean == [2.5, 2])
  }

  @Test func pools() throws {
    let values: [Float] = [1, 5, 2, 8, 3, 4, 9, 7, 6] + [-1, -5, -2, -8, -3, -4, -9, -7, -6]  // [2, 1, 3, 3]
    func pool(_ opcode: pith_opcode, countsPads: Int32 = 0) throws -> [Float] {
      try run([([2, 1, 3, 3], values)], [2, 1, 2, 2]) { b, x, y in
        b.emit(opcode, [x[0]], y) {
          $0.window = Builder.window(kernel: (2, 2), stride: (2, 2), pads: (1, 1, 0, 0))
          $0.window.extent = countsPads
        }
      }
    }
    #expect(try pool(PITH_OP_F32_MAX_POOL) == [1, 5, 9, 7, -1, -2, -8, -3])
    #expect(try pool(PITH_OP_F32_AVERAGE_POOL) == [1, 3.5, 8.5, 5, -1, -3.5, -8.5, -5])
    #expect(
      try pool(PITH_OP_F32_AVERAGE_POOL, countsPads: 1)
        == [0.25, 1.75, 4.25, 5, -0.25, -1.75, -4.25, -5])
  }
}
