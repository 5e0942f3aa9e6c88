import PithGraph
import PithTestSupport
import Testing

@testable import PithPasses

@Suite struct WeightQuantizerTests {
  @Test(arguments: [([6, 5], 0), ([6, 5], 1), ([4, 3, 3, 3], 0), ([7, 1, 5, 5], 0), ([1, 1], 0)])
  func eachChannelHasItsOwnScale(shape: [Int], axis: Int) throws {
    var random = SeededRandom(seed: shape[0])
    let inner = shape[(axis + 1)...].reduce(1, *)
    var floats = random.floats(shape.reduce(1, *))
    // Channels of very different sizes.
    for index in floats.indices { floats[index] *= 1 / Float(1 << (index / inner % shape[axis] * 3)) }
    let quantized = try QuantizedWeights(Tensor(shape: shape, floats: floats), axis: axis)
    #expect(quantized.scales.count == shape[axis])
    var seen = 0
    for channel in 0..<shape[axis] {
      var largest = 0
      quantized.forEachElement(of: channel) { index in
        seen += 1
        #expect(index / inner % shape[axis] == channel)
        let error = abs(quantized.real(index, channel: channel) - floats[index])
        // Only the largest weights may be cut.
        #expect(error <= quantized.scales[channel] * 0.5001 || abs(quantized.values[index]) == 127)
        largest = Swift.max(largest, abs(Int(quantized.values[index])))
      }
      #expect((110...127).contains(largest), "the largest weight of a channel takes nearly the largest level")
    }
    #expect(seen == floats.count)
    #expect(quantized.values.allSatisfy { $0 >= -127 })
  }

  /// One large weight of many is cut rather than that all lose; and kernels keep their sums.
  @Test(arguments: [[3, 400], [5, 1, 3, 3], [4, 6, 3, 3]]) func theScaleLosesLeast(_ shape: [Int]) throws {
    var random = SeededRandom(seed: 4)
    let floats = random.floats(shape.reduce(1, *))
    let quantized = try QuantizedWeights(Tensor(shape: shape, floats: floats), axis: 0)
    let taps = shape.count > 2 ? 9 : 1
    func loss(_ channel: Int, _ scale: Float) -> Float {
      var errors: [Float] = []
      quantized.forEachElement(of: channel) { index in
        let level = min(127, max(-127, (floats[index] / scale).rounded(.toNearestOrEven)))
        errors.append(floats[index] - level * scale)
      }
      var loss: Float = 0
      for first in stride(from: 0, to: errors.count, by: taps) {
        let whole = errors[first..<(first + taps)].reduce(0, +)
        loss += whole * whole
        for error in errors[first..<(first + taps)] { loss += error * error }
      }
      return loss
    }
    let grid = try #require(ScaleGrid(holding: quantized.scales))
    for (channel, scale) in quantized.scales.enumerated() {
      var largest: Float = 0
      quantized.forEachElement(of: channel) { largest = max(largest, abs(floats[$0])) }
      for code in 0...255 {
        let other = grid.unit * (1 + Float(code % 32) / 32) * Float(1 << (code / 32))
        // Those near the one that the largest weight needs are tried.
        guard (0.9...1.05).contains(other * 127 / largest) else { continue }
        #expect(loss(channel, scale) <= loss(channel, other) * 1.001, "channel \(channel)")
      }
    }
  }

  @Test func channelsOfZerosAreZeros() throws {
    let quantized = try QuantizedWeights(
      Tensor(shape: [3, 2], floats: [0, 0, 1e-44, -1e-44, 1, -1]), axis: 0)
    #expect(quantized.values.prefix(4) == [0, 0, 0, 0] && quantized.values[4] == -quantized.values[5])
    #expect(quantized.values[4] > 110)
    #expect(ScaleGrid(holding: quantized.scales) != nil)
  }

  @Test func extremesStayWithinLevels() throws {
    let most = Float.greatestFiniteMagnitude
    let floats: [Float] = [most, -most, 1, .leastNormalMagnitude * 127, -.leastNormalMagnitude, 0]
    let quantized = try QuantizedWeights(Tensor(shape: [2, 3], floats: floats), axis: 0)
    #expect(quantized.values == [127, -127, 0, 127, -1, 0])
  }

  @Test func leastScalesAreKept() throws {
    let quantized = try QuantizedWeights(
      Tensor(shape: [2, 2], floats: [1, -0.5, 1, -0.5]), axis: 0, leastScales: [0.1, 0],
      onGrid: false)
    #expect(quantized.scales == [0.1, 1 / 127])
    #expect(quantized.values == [10, -5, 127, -64])
    #expect(quantized.magnitude(of: 0) == 15 && quantized.magnitude(of: 1) == 191)
  }

  @Test(arguments: [[], [0]] as [[Float]])
  func scalesAreOnOneGridWhereItSpansThem(zeros: [Float]) throws {
    let largest: [Float] = [100, 3, 2.345, 47.123] + zeros
    let weights = Tensor(shape: [largest.count, 1], floats: largest)
    let scales = try QuantizedWeights(weights, axis: 0).scales
    let grid = try #require(ScaleGrid(holding: scales))
    for (channel, scale) in scales.enumerated() {
      let code = Int(grid.code(of: scale))
      #expect(scale == grid.unit * (1 + Float(code % 32) / 32) * Float(1 << (code / 32)))
      let exact = largest[channel] / 127
      #expect(exact == 0 || (exact * 0.75...exact * 1.17).contains(scale))
    }
    // One scale for all is on the grid, too, whatever it is.
    #expect(ScaleGrid(holding: [0.1234567, 0.1234567])?.code(of: 0.1234567) == 0)
    #expect(ScaleGrid(holding: [0.1234567, 0.1934567]) == nil)
    #expect(ScaleGrid(holding: [1, 252]) != nil && ScaleGrid(holding: [1, 256]) == nil)
  }

  @Test func aChannelOfZerosWithABiasStaysOnTheGrid() throws {
    let weights = Tensor(shape: [3, 1], floats: [1, 0, 0.5])
    let quantized = try QuantizedWeights(weights, axis: 0, leastScales: [0, 1e-15, 0])
    #expect(ScaleGrid(holding: quantized.scales) != nil && quantized.values[1] == 0)
  }

  @Test func channelsOfVeryDifferentSizesHaveScalesOfTheirOwn() throws {
    let weights = Tensor(shape: [2, 1], floats: [127, 0.127])
    let quantized = try QuantizedWeights(weights, axis: 0)
    #expect(quantized.scales == [1, 0.001] && quantized.values == [127, 127])
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func weightsThatAreNotFiniteAreRefused(_ value: Float) {
    let error = #expect(throws: GraphError.self) {
      try QuantizedWeights(Tensor(shape: [2, 2], floats: [1, 1, 1, value]), axis: 0)
    }
    #expect(error?.message.contains("output channel 1 of the weights is not finite") == true)
  }

  /// |acc| ≤ 255 · Σ|w| + |bias| has to fit 32 bits, whatever weights and biases are.
  @Test(arguments: 0..<24)
  func accumulatorsFit(seed: Int) throws {
    var random = SeededRandom(seed: seed)
    let depth = [4, 100, 5000, 40_000][seed % 4]
    let outputs = 8
    let exponents = random.ints(3 * outputs, in: -20...12).map { exponent in
      (0..<abs(exponent)).reduce(Float(1)) { size, _ in exponent < 0 ? size / 10 : size * 10 }
    }
    var weights = [Float](repeating: 0, count: outputs * depth)
    for channel in 0..<outputs {
      // Weights all of one size make the largest sums.
      for k in 0..<depth {
        weights[channel * depth + k] = (random.unit() < 0.5 ? 1 : -1) * exponents[channel]
      }
    }
    let bias = (0..<outputs).map { random.float() * exponents[outputs + $0] }
    var builder = GraphBuilder(seed: seed)
    let x = builder.input([1, .fixed(depth)])
    let w = builder.constant(Tensor(shape: [outputs, depth], floats: weights))
    let y = builder.add(
      Gemm(transposesB: true), x, w, builder.constant(Tensor(shape: [outputs], floats: bias)))
    var quantizer = try Quantizer(try builder.build(y))
    let range = -exponents[2 * outputs]...exponents[2 * outputs]
    for _ in 0..<2 { try quantizer.calibrate([random.tensor([1, depth], in: range)]) }
    let model = try quantizer.finish()
    let node = try #require(model.graph.nodes.first)
    let (quantized, biases) = (try #require(model.weights[node.id]), try #require(model.biases[node.id]))
    let unit = try #require(model.activations[x]).scale
    for channel in 0..<outputs {
      let most = 255 * quantized.magnitude(of: channel) + abs(Int(biases[channel]))
      #expect(most <= Int(Int32.max), "channel \(channel)")
      #expect(quantized.scales[channel].isFinite && quantized.scales[channel] > 0)
      // The bias survives, to a part in 10^6 or what the weights' rounding shifts.
      let real = Double(biases[channel]) * Double(unit) * Double(quantized.scales[channel])
      let slack = Double(quantized.scales[channel]) * Double(depth) * Double(range.upperBound)
      #expect(abs(real - Double(bias[channel])) <= 1e-6 * abs(Double(bias[channel])) + slack)
    }
  }
}
