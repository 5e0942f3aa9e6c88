import CPithKernels
import Foundation
import Testing

struct CellCase: CustomTestStringConvertible {
  var kind: pith_cell_kind
  var functions: [pith_cell_function] = [PITH_CELL_SIGMOID, PITH_CELL_TANH, PITH_CELL_TANH]
  var hidden: Int
  var testDescription: String { "kind \(kind.rawValue), functions \(functions.map(\.rawValue)), \(hidden)" }

  static let all: [CellCase] =
    [1, 5, 16, 63, 64, 65, 130].flatMap { hidden in
      [PITH_CELL_RNN, PITH_CELL_GRU, PITH_CELL_GRU_RESET, PITH_CELL_LSTM].map {
        CellCase(
          kind: $0,
          functions: $0 == PITH_CELL_RNN
            ? [PITH_CELL_TANH, PITH_CELL_TANH, PITH_CELL_TANH]
            : [
              PITH_CELL_SIGMOID, PITH_CELL_TANH, PITH_CELL_TANH,
            ], hidden: hidden)
      }
    }
    + (0...6).map {
      CellCase(
        kind: PITH_CELL_LSTM,
        functions: [
          pith_cell_function(rawValue: $0), pith_cell_function(rawValue: ($0 + 3) % 7),
          pith_cell_function(rawValue: ($0 + 5) % 7),
        ], hidden: 37)
    }
}

@Suite struct RecurrentTests {
  @Test(arguments: [(1, 4, 16), (1, 64, 512), (3, 12, 48), (8, 32, 144), (5, 100, 16), (2, 4, 160)])
  func projections(_ rows: Int, _ depth: Int, _ channels: Int) {
    var random = Random(seed: UInt64(rows * 1000 + depth))
    let stride = depth + 8
    let input = random.bytes(rows * stride + 64)
    let weights = random.bytes(channels * depth).map { Int8(bitPattern: $0 == 128 ? 127 : $0) }
    let bias = (0..<channels).map { Int32($0 * 1017 - 5000) }
    let multiplier = (0..<channels).map { Float($0 % 7 + 1) * 1e-4 }
    var expected = [Float](repeating: -1, count: rows * (channels + 3))
    for row in 0..<rows {
      for c in 0..<channels {
        let sum = (0..<depth).reduce(Int(bias[c])) { sum, k in
          let w = weights[c / 16 * 16 * depth + k / 4 * 64 + c % 16 * 4 + k % 4]
          return sum + Int(input[row * stride + k]) * Int(w)
        }
        expected[row * (channels + 3) + c] = Float(sum) * multiplier[c]
      }
    }
    for backend in Backend.all {
      var output = [Float](repeating: -1, count: expected.count)
      var args = pith_project_args()
      (args.rows, args.in_stride, args.depth) = (Int32(rows), Int32(stride), Int32(depth))
      (args.channels, args.out_stride) = (Int32(channels), Int32(channels + 3))
      input.withUnsafeBufferPointer { input in
        weights.withUnsafeBufferPointer { weights in
          bias.withUnsafeBufferPointer { bias in
            multiplier.withUnsafeBufferPointer { multiplier in
              output.withUnsafeMutableBufferPointer { output in
                args.input = input.baseAddress
                args.weights = weights.baseAddress
                args.bias = bias.baseAddress
                args.multiplier = multiplier.baseAddress
                args.output = output.baseAddress
                backend.kernels.project?(&args)
              }
            }
          }
        }
      }
      #expect(output == expected, "\(backend)")
    }
  }

  /// What a cell leaves behind.
  struct Outcome: Equatable {
    var state: [UInt32]
    var memory: [UInt32]
    var bytes: [UInt8]
  }

  private func run(_ example: CellCase, on backend: Backend) -> Outcome {
    var random = Random(seed: 5)
    let pitch = (example.hidden + 15) / 16 * 16
    var reals = { (count: Int, range: Float) in
      random.bytes(count).map { (Float($0) - 127.5) / 127.5 * range }
    }
    let input = reals(4 * pitch, 6)
    let product = reals(4 * pitch, 3)
    var state = reals(pitch, 1)
    var memory = reals(pitch, 2)
    var bytes = [UInt8](repeating: 7, count: pitch)
    var args = pith_cell_args()
    (args.hidden, args.pitch, args.inverse_scale, args.zero) = (Int32(example.hidden), Int32(pitch), 100, 120)
    args.functions = (
      Int32(example.functions[0].rawValue), Int32(example.functions[1].rawValue),
      Int32(example.functions[2].rawValue)
    )
    args.alpha = (0.2, 0.3, 0.9)
    args.beta = (0.5, 0.1, 0.05)
    input.withUnsafeBufferPointer { input in
      product.withUnsafeBufferPointer { product in
        state.withUnsafeMutableBufferPointer { state in
          memory.withUnsafeMutableBufferPointer { memory in
            bytes.withUnsafeMutableBufferPointer { bytes in
              args.input = input.baseAddress
              args.product = product.baseAddress
              args.state = state.baseAddress
              args.memory = memory.baseAddress
              args.output = bytes.baseAddress
              switch example.kind {
              case PITH_CELL_RNN: backend.kernels.cell.0?(&args)
              case PITH_CELL_GRU: backend.kernels.cell.1?(&args)
              case PITH_CELL_GRU_RESET:
                backend.kernels.cell.2?(&args)
                backend.kernels.cell_rest?(&args)
              default: backend.kernels.cell.3?(&args)
              }
            }
          }
        }
      }
    }
    return Outcome(state: state.map(\.bitPattern), memory: memory.map(\.bitPattern), bytes: bytes)
  }

  @Test(arguments: CellCase.all) func everySetHasTheSameCells(_ example: CellCase) {
    let expected = run(example, on: Backend.all[0])
    for backend in Backend.all { #expect(run(example, on: backend) == expected, "\(backend)") }
  }

  /// The scalar cells against their definition in double precision.
  @Test(arguments: CellCase.all.filter { $0.functions[0] == PITH_CELL_SIGMOID || $0.kind == PITH_CELL_RNN })
  func cellsAreWhatTheyShouldBe(_ example: CellCase) {
    var random = Random(seed: 5)
    let pitch = (example.hidden + 15) / 16 * 16
    var reals = { (count: Int, range: Double) in
      random.bytes(count).map { Double((Float($0) - 127.5) / 127.5 * Float(range)) }
    }
    let (input, product, state, memory) = (
      reals(4 * pitch, 6), reals(4 * pitch, 3), reals(pitch, 1), reals(pitch, 2)
    )
    let outcome = run(example, on: Backend.all[0])
    func function(_ index: Int, _ x: Double) -> Double {
      switch example.functions[index] {
      case PITH_CELL_SIGMOID: 1 / (1 + exp(-x))
      case PITH_CELL_TANH: tanh(x)
      case PITH_CELL_RELU: max(0, x)
      case PITH_CELL_AFFINE: [0.2, 0.3, 0.9][index] * x + [0.5, 0.1, 0.05][index]
      case PITH_CELL_HARD_SIGMOID: min(1, max(0, [0.2, 0.3, 0.9][index] * x + [0.5, 0.1, 0.05][index]))
      case PITH_CELL_LEAKY_RELU: x > 0 ? x : [0.2, 0.3, 0.9][index] * x
      default: x / (1 + abs(x))
      }
    }
    for j in 0..<example.hidden {
      func sum(_ gate: Int) -> Double { input[gate * pitch + j] + product[gate * pitch + j] }
      var expected: Double
      switch example.kind {
      case PITH_CELL_RNN: expected = function(0, sum(0))
      case PITH_CELL_LSTM:
        let c = function(0, sum(2)) * memory[j] + function(0, sum(0)) * function(1, sum(3))
        expected = function(0, sum(1)) * function(2, c)
        #expect(abs(Double(Float(bitPattern: outcome.memory[j])) - c) < 2e-5)
      default:
        let z = function(0, sum(0))
        let r = example.kind == PITH_CELL_GRU ? function(0, sum(1)) : 1
        let n = function(1, input[2 * pitch + j] + r * product[2 * pitch + j])
        expected = (1 - z) * n + z * state[j]
      }
      #expect(abs(Double(Float(bitPattern: outcome.state[j])) - expected) < 2e-5)
      let level = (Double(Float(bitPattern: outcome.state[j])) * 100).rounded(.toNearestOrEven) + 120
      #expect(Double(outcome.bytes[j]) == min(255, max(0, level)))
    }
    #expect(outcome.bytes[example.hidden...].allSatisfy { $0 == 7 })
  }

  @Test func resizing() {
    var random = Random(seed: 3)
    let input = random.bytes(3 * 2 * 4)
    let rows = [(0, 1, 0.25), (1, 2, 0.5), (2, 9, 1), (0, 0, 0)]
    let columns = [(0, 1, 0.75), (1, 1, 0.5), (7, 0, 0.125)]
    let taps = (rows + columns).map {
      pith_resize_tap(first: UInt32($0.0), second: UInt32($0.1), weight: Float($0.2))
    }
    var output = Guarded(count: 4 * 3 * 4)
    var args = pith_resize_args()
    (args.in_height, args.in_width, args.out_height, args.out_width, args.channels) = (3, 2, 4, 3, 4)
    (args.in_row_stride, args.in_pixel_stride, args.out_row_stride, args.out_pixel_stride) = (8, 4, 12, 4)
    (args.in_zero, args.out_zero, args.multiplier) = (10, 20, 0.5)
    input.withUnsafeBufferPointer { input in
      taps.withUnsafeBufferPointer { taps in
        _ = output.withOutput { out in
          (args.input, args.output) = (input.baseAddress, out)
          args.rows = taps.baseAddress
          args.columns = taps.baseAddress.map { $0 + 4 }
          pith_resize(&args)
        }
      }
    }
    for (y, row) in rows.enumerated() {
      for (x, column) in columns.enumerated() {
        for c in 0..<4 {
          func pixel(_ y: Int, _ x: Int) -> Float {
            Float(Int(input[min(2, y) * 8 + min(1, x) * 4 + c]) - 10)
          }
          let (wx, wy) = (Float(column.2), Float(row.2))
          let top = pixel(row.0, column.0) * (1 - wx) + pixel(row.0, column.1) * wx
          let bottom = pixel(row.1, column.0) * (1 - wx) + pixel(row.1, column.1) * wx
          let expected = OutputRange(zero: 20, min: 0, max: 255)
            .requantize((top * (1 - wy) + bottom * wy) * 0.5)
          #expect(output[y * 12 + x * 4 + c] == expected)
        }
      }
    }
  }

  @Test func embeddings() {
    let table = (0..<UInt8(12)).map { $0 }
    let indices: [Float] = [0, 2, -1, 5, -9, .nan, .infinity, 1.9]
    var output = [UInt8](repeating: 77, count: indices.count * 4)
    pith_embed(indices, indices.count, table, 3, 4, &output, 4, 3)
    let rows = [0, 2, 2, 2, 0, 0, 2, 1]
    var expected: [UInt8] = []
    for row in rows { expected += Array(table[(row * 4)..<(row * 4 + 3)]) + [77] }
    #expect(output == expected)
  }
}
