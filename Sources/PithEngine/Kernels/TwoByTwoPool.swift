import CPithFloatKernels
import PithGraph

/// Max pooling by 2 × 2 at stride 2, the pool of most small networks: it remembers which element won, so that the gradient
/// needs neither input nor output.
struct TwoByTwoPool {
  let maps: Int
  let input: (rows: Int, columns: Int)
  let output: (rows: Int, columns: Int)
  private let kernels: FloatKernels

  /// - Returns: nil where the window is another.
  init?(_ window: Window, input: [Int], output: [Int], _ kernels: FloatKernels = .best) {
    guard Self.isTwoByTwo(window), input.count == 4, output.count == 4,
      output[2] * 2 <= input[2], output[3] * 2 <= input[3]
    else { return nil }
    maps = input[0] * input[1]
    self.input = (input[2], input[3])
    self.output = (output[2], output[3])
    self.kernels = kernels
  }

  static func isTwoByTwo(_ window: Window) -> Bool {
    window.kernel == [2, 2] && window.strides == [2, 2] && window.dilations == [1, 1] && !window.ceilMode
      && window.padding == .none(2)
  }

  private var inputCount: Int { input.rows * input.columns }
  private var outputCount: Int { output.rows * output.columns }
  private var grain: Int { max(1, elementwiseGrain / max(1, inputCount)) }

  func run(_ x: Tensor, shape: [Int]) -> (y: Tensor, winners: [UInt8]) {
    var winners: [UInt8] = []
    let y = Tensor.computing(shape) { y in
      winners = [UInt8](unsafeUninitializedCapacity: maps * outputCount) { buffer, initialized in
        initialized = maps * outputCount
        guard let winners = buffer.baseAddress else { return }
        x.withFloats { x in
          Parallelism.forEachRange(maps, grain: grain) { range in
            for map in range {
              kernels.call.max_pool_2x2?(
                x + map * inputCount, Int64(input.columns), Int64(output.rows), Int64(output.columns),
                y + map * outputCount, winners + map * outputCount)
            }
          }
        }
      }
    }
    return (y, winners)
  }

  func gradient(_ gradient: Tensor, winners: [UInt8], shape: [Int]) -> Tensor {
    Tensor.computing(shape) { result in
      winners.withUnsafeBufferPointer { buffer in
        guard let winners = buffer.baseAddress else { return }
        gradient.withFloats { gradient in
          Parallelism.forEachRange(maps, grain: grain) { range in
            for map in range {
              kernels.call.max_pool_2x2_gradient?(
                gradient + map * outputCount, winners + map * outputCount, Int64(output.rows),
                Int64(output.columns), result + map * inputCount, Int64(input.rows), Int64(input.columns))
            }
          }
        }
      }
    }
  }
}
