import CPith
import PithHost
import PithRuntime
import Testing

/// Products of two computed maps, whose matrices lie one after another or beside each other in the channels of an image.
@Suite struct MatrixProductTests {
  typealias Builder = ProgramBuilder

  /// Three matrices of a factor or a product, in a map.
  struct Matrices {
    var rows: Int
    var columns: Int
    var isBeside: Bool
    var isTransposed = false
    static let count = 3

    /// Rows and columns as they lie.
    private var pixels: Int { isTransposed ? columns : rows }
    private var channels: Int { isTransposed ? rows : columns }
    var dims: [UInt32] {
      (isBeside ? [1, 1, pixels, Self.count * channels] : [Self.count, 1, pixels, channels]).map(UInt32.init)
    }
    var elementCount: Int { Self.count * rows * columns }

    /// The element's place in the map's own order.
    func place(_ matrix: Int, _ row: Int, _ column: Int) -> Int {
      let (pixel, channel) = isTransposed ? (column, row) : (row, column)
      return isBeside
        ? pixel * Self.count * channels + matrix * channels + channel
        : (matrix * pixels + pixel) * channels + channel
    }
  }

  /// The sizes and whatever of them lies beside each other, told by the flags.
  private func operands(_ flags: UInt32, _ sizes: [Int]) -> (a: Matrices, b: Matrices, y: Matrices) {
    (
      Matrices(rows: sizes[0], columns: sizes[1], isBeside: flags & PITH_MATMUL_FIRST_BESIDE != 0),
      Matrices(
        rows: sizes[1], columns: sizes[2], isBeside: flags & PITH_MATMUL_SECOND_BESIDE != 0,
        isTransposed: flags & PITH_MATMUL_TRANSPOSED != 0),
      Matrices(rows: sizes[0], columns: sizes[2], isBeside: flags & PITH_MATMUL_OUTPUT_BESIDE != 0)
    )
  }

  /// A program of one product, the numbers being integers, and its instruction's number.
  /// - Parameter isAlone: the second factor is one matrix for all.
  private func program(
    _ flags: UInt32, _ sizes: [Int], isAlone: Bool = false,
    change: (inout pith_instruction) -> Void = { _ in }
  ) -> (file: [UInt8], number: Int) {
    let (a, b, y) = operands(flags, sizes)
    let second: [UInt32] = isAlone ? [1] + b.dims.dropFirst() : b.dims
    var builder = Builder()
    let inputs = [builder.input(a.dims), builder.input(second)]
    let maps = [builder.map(a.dims, zero: 7), builder.map(second, zero: 128)]
    for (input, map) in zip(inputs, maps) {
      let tensor = builder.tensors[Int(map)]
      builder.quantize(
        input, map,
        strides: IntegerRunTests.dense([tensor.dims.0, tensor.dims.1, tensor.dims.2, tensor.dims.3]))
    }
    let target = builder.map(y.dims, zero: 100)
    let output = builder.output(y.dims)
    let (depth, columns) = (sizes[1], sizes[2])
    let multipliers = builder.perChannel([Float](repeating: 1, count: columns))
    // One scratch for each matrix and thread.
    let scratches = 1 + UInt64(flags) >> UInt64(PITH_MATMUL_SCRATCH_SHIFT)
    let scratch = builder.reserve(scratches * pith_matmul_scratch(UInt64(depth), UInt64(columns)))
    let number = builder.instructions.count
    builder.emit(PITH_OP_MATMUL, maps, target) {
      $0.flags = UInt16(flags)
      $0.immediate_i = Int32(Matrices.count)
      $0.multiplier = multipliers
      $0.scratch = UInt32(scratch)
      $0.window.tap_bytes = Int32((depth + 3) / 4 * 4)
      $0.window.extent = Int32((columns + 3) / 4 * 4)
      $0.window.clamp_max = 255
      change(&$0)
    }
    builder.dequantize(target, output, strides: IntegerRunTests.dense(y.dims))
    return (builder.build(), number)
  }

  @Test(arguments: 0...PITH_MATMUL_FLAGS, [[5, 4, 8], [1, 12, 4], [7, 20, 36], [3, 64, 16]])
  func everyArrangementIsTheProduct(_ flags: UInt32, _ sizes: [Int]) throws {
    let (a, b, y) = operands(flags, sizes)
    let x = (0..<a.elementCount).map { Float($0 * 3 % 7 % 3) }
    let w = (0..<b.elementCount).map { Float($0 * 4 % 11 % 3 - 1) }
    let actual = try GuardedRun.outputs(program(flags, sizes).file, [x, w])[0]
    for matrix in 0..<Matrices.count {
      for row in 0..<y.rows {
        for column in 0..<y.columns {
          let sum = (0..<a.columns).reduce(Float(0)) {
            $0 + x[a.place(matrix, row, $1)] * w[b.place(matrix, $1, column)]
          }
          let result = actual[y.place(matrix, row, column)]
          #expect(result == min(155, max(-100, sum)), "matrix \(matrix), row \(row), column \(column)")
        }
      }
    }
  }

  @Test func whatIsNotBesideIsRefused() {
    func expectRefusal(
      _ what: String, _ flags: UInt32, _ sizes: [Int] = [5, 8, 12], isAlone: Bool = false,
      _ change: (inout pith_instruction) -> Void = { _ in }
    ) {
      let (file, number) = program(flags, sizes, isAlone: isAlone, change: change)
      let (status, record) = GuardedRun.open(file)
      #expect(status == PITH_ERROR_INSTRUCTION && Int(record) == number, "\(what)")
    }
    for flag in [PITH_MATMUL_FIRST_BESIDE, PITH_MATMUL_SECOND_BESIDE, PITH_MATMUL_OUTPUT_BESIDE] {
      for count: Int32 in [0, -1, 1, 2, 4, 5, .max] {
        expectRefusal("flag \(flag), \(count) matrices", flag) { $0.immediate_i = count }
      }
    }
    expectRefusal("an unknown flag", 0) { $0.flags = 16 }
    expectRefusal("scratches beyond the arena", 0) { $0.flags = 255 << UInt16(PITH_MATMUL_SCRATCH_SHIFT) }
    expectRefusal("a depth that is no multiple of 4", PITH_MATMUL_FIRST_BESIDE, [5, 7, 12])
    expectRefusal("columns that are no multiple of 4", PITH_MATMUL_OUTPUT_BESIDE, [5, 8, 11])
    // One matrix lies beside nothing: three images of the others would read beyond it.
    expectRefusal("one matrix of three", 0) {
      $0.flags = UInt16(PITH_MATMUL_SECOND_BESIDE)
      $0.immediate_i = 1
    }
    expectRefusal("one matrix beside itself", 0, isAlone: true) {
      $0.flags = UInt16(PITH_MATMUL_SECOND_BESIDE)
      $0.immediate_i = 1
    }
    // Images where the flag says that there are none.
    expectRefusal("images", PITH_MATMUL_OUTPUT_BESIDE) { $0.flags = 0 }
    expectRefusal("no images", 0) { $0.flags = UInt16(PITH_MATMUL_FIRST_BESIDE) }
  }
}
