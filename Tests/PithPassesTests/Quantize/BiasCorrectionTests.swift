import PithGraph
import PithTestSupport
import Testing

@testable import PithPasses

@Suite struct BiasCorrectionTests {
  /// What a layer of quantized weights computes on average over real inputs, less what it should.
  private func meanError(_ model: QuantizedModel, x: ValueID, samples: [[Float]], outputs: Int) throws
    -> Double
  {
    let node = try #require(model.graph.nodes.first)
    let weights = try #require(model.weights[node.id])
    let biases = try #require(model.biases[node.id])
    let scale = Double(try #require(model.activations[x]).scale)
    let real = try #require(model.graph.constant(node, 1)?.floats)
    let bias = try #require(model.graph.constant(node, 2)?.floats)
    let depth = real.count / outputs
    return (0..<outputs).reduce(0.0) { sum, channel in
      var error = 0.0
      for sample in samples {
        error += Double(biases[channel]) * scale * Double(weights.scales[channel]) - Double(bias[channel])
        for k in 0..<depth {
          let index = channel * depth + k
          error += Double(sample[k]) * Double(weights.real(index, channel: channel) - real[index])
        }
      }
      return sum + abs(error) / Double(samples.count)
    }
  }

  @Test func theMeanErrorGoes() throws {
    let (depth, outputs) = (96, 12)
    var builder = GraphBuilder(seed: 4)
    let x = builder.input(["N", .fixed(depth)])
    let w = builder.constant([outputs, depth])
    let y = builder.add(Gemm(transposesB: true), x, w, builder.constant([outputs]))
    let graph = try builder.build(y)
    var random = SeededRandom(seed: 5)
    // As after a Relu: all positive, so that rounding errors do not cancel.
    let samples = (0..<64).map { _ in random.floats(depth, in: 0...2) }
    func model(correcting: Bool) throws -> QuantizedModel {
      var quantizer = try Quantizer(graph, settings: QuantizationSettings(correctsBias: correcting))
      try quantizer.calibrate([Tensor(shape: [64, depth], floats: samples.flatMap { $0 })])
      return try quantizer.finish()
    }
    let before = try meanError(try model(correcting: false), x: x, samples: samples, outputs: outputs)
    let after = try meanError(try model(correcting: true), x: x, samples: samples, outputs: outputs)
    // What stays is the rounding of the bias itself, a thousandth of a weight's.
    #expect(after < before / 20, "\(before) to \(after)")
  }

  @Test func shiftsMeetTheirInputChannel() throws {
    // One output channel of two groups: its weights are for the input channels 2 and 3.
    let floats: [Float] = [1, 0.3, 0.5, -1]
    let quantized = try QuantizedWeights(Tensor(shape: [2, 2, 1, 1], floats: floats), axis: 0)
    let shifts = BiasCorrection.shifts(
      weights: floats, quantized: quantized, means: [10, 20, 30, 40],
      inputChannel: { index, channel in channel * 2 + index % 2 })
    let errors = floats.indices.map { Double(floats[$0]) - Double(quantized.real($0, channel: $0 / 2)) }
    #expect(abs(shifts[0] - (errors[0] * 10 + errors[1] * 20)) < 1e-9)
    #expect(abs(shifts[1] - (errors[2] * 30 + errors[3] * 40)) < 1e-9)
  }

  @Test func aConvolutionAndAProductOfOneValueDoNotMixTheirChannels() throws {
    // The value [1, 3, 3] is a map of three channels to one and three rows to the other.
    var builder = GraphBuilder(seed: 6)
    let x = builder.input(["N", 3, 3])
    let a = builder.add(
      Conv(strides: [1], dilations: [1], padding: .none(1)), x, builder.constant([4, 3, 1]))
    let b = builder.add(MatMul(), x, builder.constant([3, 4]))
    let graph = try builder.build(a, b)
    var quantizer = try Quantizer(graph)
    // Means 1, 10 and 100 along the channels.
    let values = (0..<9).map { [Float(1), 10, 100][$0 / 3] + Float($0) * 0.01 }
    try quantizer.calibrate([Tensor(shape: [1, 3, 3], floats: values)])
    let model = try quantizer.finish()
    let product = try #require(model.graph.nodes.last)
    #expect(model.placements[product.id] == .integer)
    // The product's columns are summed over the last axis, whose means calibration did not follow: no correction.
    #expect(model.biases[product.id] == [0, 0, 0, 0])
    let conv = try #require(model.graph.nodes.first)
    #expect(model.biases[conv.id] != [0, 0, 0, 0])
  }
}
