import CPith
import PithGraph
import PithTestSupport
import Testing

@testable import PithLower
@testable import PithPasses

/// Transposed convolutions in integers against the definition: each element of the input adds the kernel to the output.
@Suite struct TransposedConvolutionTests {
  struct Case: CustomTestStringConvertible {
    var input: [Int]
    var kernel: [Int]
    var op: ConvTranspose
    var testDescription: String { "\(input) by \(kernel), \(op)" }

    init(
      _ input: [Int], _ kernel: [Int], strides: [Int], dilations: [Int] = [1, 1], begin: [Int] = [0, 0],
      end: [Int] = [0, 0], added: [Int] = [0, 0]
    ) {
      self.input = input
      self.kernel = kernel
      op = ConvTranspose(
        strides: strides, dilations: dilations, padding: .explicit(begin: begin, end: end),
        outputPadding: added)
    }
  }

  static let cases: [Case] = [
    Case([1, 3, 4, 5], [2, 2], strides: [2, 2]),
    Case([1, 5, 4, 4], [3, 3], strides: [2, 2], begin: [1, 1], end: [1, 1], added: [1, 1]),
    Case([2, 4, 5, 3], [4, 4], strides: [2, 2], begin: [1, 1], end: [1, 1]),
    Case([1, 2, 3, 3], [3, 3], strides: [1, 1], begin: [1, 1], end: [1, 1]),
    Case([1, 2, 3, 4], [1, 2], strides: [3, 3]),
    Case([1, 4, 3, 4], [2, 1], strides: [3, 2], added: [1, 0]),
    Case([1, 4, 4, 6], [3, 2], strides: [2, 3], dilations: [2, 2], begin: [0, 1], end: [2, 0]),
    Case([1, 3, 2, 2], [5, 5], strides: [3, 3], begin: [2, 1], end: [1, 2]),
  ]

  @Test(arguments: cases) func agreesWithTheDefinition(_ example: Case) throws {
    var network = SmallNetwork(seed: 51)
    let outputs = 6
    let x = network.input(example.input)
    let w = network.constant([example.input[1], outputs] + example.kernel)
    let b = network.constant([outputs])
    let y = network.add(example.op, x, w, b)
    let graph = try network.built(y)
    var random = SeededRandom(seed: 52)
    let samples = (0..<3).map { _ in [random.tensor(example.input, in: -1...1)] }
    let weights = try #require(graph[w].constant?.floats)
    let bias = try #require(graph[b].constant?.floats)
    let sizes = try graph.sizes(y)
    let expected = samples.map {
      Self.transposed($0[0], weights, bias, example, sizes)
    }
    // The engine is not asked, so that calibration is by the reference.
    let all = expected.flatMap { $0 }
    let model = try QuantizedModel.transposed(graph, x, y, samples.flatMap { $0[0].floats ?? [] }, all)
    let program = try Lowering.lower(model)
    let actual = try program.outputs(samples).flatMap { $0[0] }
    let closeness = Closeness.decibels(actual, all)
    #expect(closeness > 36, "\(closeness) dB")
  }

  private static func transposed(
    _ x: Tensor, _ weights: [Float], _ bias: [Float], _ example: Case, _ sizes: [Int]
  ) -> [Float] {
    let (n, c, h, w) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    let (kh, kw) = (example.kernel[0], example.kernel[1])
    let op = example.op
    guard case .explicit(let begin, _) = op.padding, let values = x.floats else { return [] }
    var result = [Float](repeating: 0, count: sizes.reduce(1, *))
    for image in 0..<n {
      for m in 0..<sizes[1] {
        let plane = (image * sizes[1] + m) * sizes[2] * sizes[3]
        for index in 0..<(sizes[2] * sizes[3]) { result[plane + index] = bias[m] }
        for channel in 0..<c {
          for (iy, ix) in (0..<h).flatMap({ y in (0..<w).map { (y, $0) } }) {
            let value = values[((image * c + channel) * h + iy) * w + ix]
            for (ky, kx) in (0..<kh).flatMap({ y in (0..<kw).map { (y, $0) } }) {
              let oy = iy * op.strides[0] + ky * op.dilations[0] - begin[0]
              let ox = ix * op.strides[1] + kx * op.dilations[1] - begin[1]
              guard (0..<sizes[2]).contains(oy), (0..<sizes[3]).contains(ox) else { continue }
              result[plane + oy * sizes[3] + ox] +=
                value * weights[((channel * sizes[1] + m) * kh + ky) * kw + kx]
            }
          }
        }
      }
    }
    return result
  }
}

extension QuantizedModel {
  /// A model of one transposed convolution, calibrated on what it is known to compute.
  fileprivate static func transposed(
    _ graph: Graph, _ x: ValueID, _ y: ValueID, _ inputs: [Float], _ outputs: [Float]
  ) throws -> QuantizedModel {
    let node = graph.nodes[0]
    func parameters(_ values: [Float]) -> QuantizationParameters {
      QuantizationParameters(covering: (values.min() ?? 0)...(values.max() ?? 0))
    }
    let input = parameters(inputs)
    let tensor = try #require(graph.constant(node, 1))
    let weights = try QuantizedWeights(tensor, axis: 1)
    let biases = try #require(graph.constant(node, 2)?.floats).map(Double.init)
    return QuantizedModel(
      graph: graph, placements: [node.id: .integer], activations: [x: input, y: parameters(outputs)],
      weights: [node.id: weights],
      biases: [node.id: Quantizer.integerBiases(biases, weights, inputScale: input.scale)],
      settings: QuantizationSettings(), sampleCount: 1, clippedShares: [:], equalizedPairs: 0)
  }
}
