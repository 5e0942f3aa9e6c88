import CPith
import PithHost
import PithRuntime
import Testing

/// Block-sparse convolutions: the dense one's bytes, and what the validator asks of their lists.
@Suite struct SparseTests {
  typealias Builder = ProgramBuilder
  typealias Number = Samples.Sparse

  struct Layer: CustomTestStringConvertible {
    var height: UInt32 = 1
    var width: UInt32 = 1
    var inputs: UInt32
    var outputs: UInt32
    var kernel: Int32 = 1
    var keepsOneOf: Int
    var testDescription: String { "\(height)x\(width), \(inputs) to \(outputs), one of \(keepsOneOf)" }
  }

  static let layers: [Layer] = [
    Layer(inputs: 256, outputs: 64, keepsOneOf: 4), Layer(inputs: 12, outputs: 4, keepsOneOf: 2),
    Layer(width: 7, inputs: 40, outputs: 100, keepsOneOf: 3),
    Layer(height: 28, width: 28, inputs: 16, outputs: 32, kernel: 3, keepsOneOf: 2),
    Layer(height: 6, width: 5, inputs: 8, outputs: 20, kernel: 5, keepsOneOf: 1),
  ]

  @Test(arguments: layers, [1, 3] as [UInt32])
  func givesTheBytesOfTheDenseLayer(_ layer: Layer, threads: UInt32) throws {
    let depth = Int(layer.inputs) * Int(layer.kernel * layer.kernel)
    let rows = (0..<Int(layer.outputs)).map { (c: Int) -> [Int8] in
      (0..<depth).map { (k: Int) -> Int8 in
        (c / 16 + k / 4) % layer.keepsOneOf == 0 ? Int8((k * 31 + c * 17) % 255 - 127) : 0
      }
    }
    func program(sparse: Bool) -> [UInt8] {
      var b = Builder()
      let dims = [1, layer.height, layer.width, layer.inputs]
      let outDims = [1, layer.height, layer.width, layer.outputs]
      let input = b.input(dims)
      let x = b.map(dims, zero: 9)
      let y = b.map(outDims, zero: 100)
      let output = b.output(outDims)
      b.quantize(input, x, strides: Self.dense(dims))
      let packed = sparse ? b.packSparse(rows) : (b.pack(rows), PITH_NONE)
      let bias = b.perChannel((0..<layer.outputs).map { Int32($0) * 50 })
      let multiplier = b.perChannel([Float](repeating: 0.002, count: Int(layer.outputs)))
      let scratch = UInt32(b.reserve(UInt64(max(16, layer.inputs))))
      b.emit(sparse ? PITH_OP_CONV_SPARSE : PITH_OP_CONV, [x], y) {
        ($0.weights, $0.table) = packed
        ($0.bias, $0.multiplier, $0.scratch) = (bias, multiplier, scratch)
        let pad = layer.kernel / 2
        $0.window = Builder.window(kernel: (layer.kernel, layer.kernel), pads: (pad, pad, pad, pad))
        $0.window.tap_bytes = Int32(layer.inputs)
        $0.window.extent = Int32(layer.outputs)
      }
      b.dequantize(y, output, strides: Self.dense(outDims))
      return b.build()
    }
    let elements = Int(layer.height * layer.width * layer.inputs)
    let values = (0..<elements).map { Float($0 * 7 % 251) }
    let sparse = program(sparse: true)
    let dense = program(sparse: false)
    let expected = try GuardedRun.outputs(dense, [values])
    #expect(try GuardedRun.outputs(sparse, [values], threads: threads) == expected)
    #expect(Set(expected[0]).count > 3)
  }

  private static func dense(_ dims: [UInt32]) -> [UInt32] {
    [dims[1] * dims[2] * dims[3], dims[2] * dims[3], dims[3], 1]
  }

  // MARK: What is refused

  private func refuses(
    _ number: Number, _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
    _ change: (inout Builder) -> Void
  ) {
    var b = Samples.sparse()
    change(&b)
    let (status, record) = GuardedRun.open(b.build())
    #expect(
      status == PITH_ERROR_INSTRUCTION && Int(record) == number.rawValue,
      "\(what): \(status.rawValue) at \(record)", sourceLocation: sourceLocation)
  }

  /// Changes the two bytes at `index` of an instruction's table.
  private func refuses(
    _ number: Number, entry index: Int, _ value: UInt16, _ what: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    refuses(number, what, sourceLocation: sourceLocation) { b in
      let place = Int(b.instructions[number.rawValue].table) + 2 * index
      withUnsafeBytes(of: value) { b.constants.replaceSubrange(place..<place + 2, with: $0) }
    }
  }

  private func refuses(
    _ number: Number, _ what: String, sourceLocation: SourceLocation = #_sourceLocation,
    instruction change: (inout pith_instruction) -> Void
  ) {
    refuses(number, what, sourceLocation: sourceLocation) { change(&$0.instructions[number.rawValue]) }
  }

  @Test func lists() {
    // The map's first 16 channels keep positions 0, 3, 6 of 9.
    refuses(.map, entry: 0, 10, "more than there are")
    refuses(.map, entry: 0, .max, "many more than there are")
    refuses(.map, entry: 2, 0, "a position twice")
    refuses(.map, entry: 2, 7, "positions that decrease")
    refuses(.map, entry: 3, 9, "a position behind the last")
    refuses(.map, entry: 3, .max, "a position far behind the last")
    refuses(.vector, entry: 0, 12, "a count that takes other lists' positions")
    refuses(.empty, entry: 0, 9, "a list beyond the constants")
    refuses(.map, "an odd place", instruction: { $0.table += 1 })
    refuses(.map, "no table", instruction: { $0.table = PITH_NONE })
    refuses(.map, "a table beyond", instruction: { $0.table = 1 << 20 })
    refuses(.empty, "a table half beyond") { b in
      b.instructions[Number.empty.rawValue].table = UInt32(b.constants.count)
    }
    refuses(.vector, "the list of the one before") { b in
      b.instructions[Number.vector.rawValue].table = b.instructions[Number.map.rawValue].table
    }
    refuses(.empty, "a list before the last one") { b in
      b.instructions[Number.empty.rawValue].table = b.instructions[Number.map.rawValue].table
    }
  }

  @Test func weightsAndWindows() {
    refuses(.map, "weights misaligned", instruction: { $0.weights += 4 })
    refuses(.map, "weights beyond", instruction: { $0.weights = 1 << 20 })
    refuses(.empty, "none, but beyond", instruction: { $0.weights = 1 << 20 })
    refuses(.vector, "weights too short") { $0.weights.removeLast(64) }
    refuses(.map, "bias", instruction: { $0.bias = 1 << 20 })
    refuses(.map, "multiplier", instruction: { $0.multiplier += 2 })
    refuses(.map, "scratch", instruction: { $0.scratch = PITH_NONE })
    refuses(.map, "tap", instruction: { $0.window.tap_bytes = 8 })
    refuses(.map, "kernel", instruction: { $0.window.kernel_h = 4 })
    refuses(.map, "channels", instruction: { $0.window.extent = 24 })
    refuses(.map, "no channels", instruction: { $0.window.extent = 0 })
    refuses(.map, "in place", instruction: { $0.output = $0.inputs.0 })
    refuses(.map, "no input", instruction: { $0.inputs.0 = PITH_NONE })
  }

  @Test func aReductionOfTooManyPositions() {
    // 2^18 inputs: 65,536 positions, one more than a list's count can tell.
    for (inputs, status) in [(262_140 as UInt32, PITH_OK), (262_144, PITH_ERROR_INSTRUCTION)] {
      var b = Builder()
      let input = b.input([1, 1, 1, inputs])
      let x = b.map([1, 1, 1, inputs])
      let y = b.map([1, 1, 1, 4])
      let output = b.output([1, 4])
      b.quantize(input, x, strides: [inputs, inputs, inputs, 1])
      let table = b.constant([1, UInt16(inputs / 4 - 1 & 0xFFFF)])
      let weights = b.pack([[1, 2, 3, 4]])
      let bias = b.perChannel([0, 1, 2, 3] as [Int32])
      let multiplier = b.perChannel([1, 1, 1, 1] as [Float])
      b.emit(PITH_OP_CONV_SPARSE, [x], y) {
        ($0.weights, $0.table, $0.bias, $0.multiplier) = (weights, table, bias, multiplier)
        $0.window = Builder.window()
        $0.window.tap_bytes = Int32(inputs)
        $0.window.extent = 4
      }
      b.dequantize(y, output, strides: [4, 4, 4, 1])
      #expect(GuardedRun.open(b.build()).status == status)
    }
  }
}
