import PithGraph
import PithTestSupport
import Testing

@testable import PithEngine

/// A planar convolution and a naive reference in double precision for it and its gradients.
struct PlanarCase: Sendable, CustomTestStringConvertible {
  var batch = 3
  var channels: Int
  var filters: Int
  var input: [Int]
  var kernel: [Int] = [3, 3]
  var strides: [Int] = [1, 1]
  var dilations: [Int] = [1, 1]
  var pads: [Int] = [1, 1]
  var groups = 1

  var testDescription: String {
    "\(batch)×\(channels)×\(input) → \(filters), kernel \(kernel), strides \(strides), dilations \(dilations), "
      + "pads \(pads), groups \(groups)"
  }

  var output: [Int] {
    (0..<2).map { (input[$0] + 2 * pads[$0] - (kernel[$0] - 1) * dilations[$0] - 1) / strides[$0] + 1 }
  }

  var window: SlidingWindow {
    get throws {
      try SlidingWindow(
        Window(
          kernel: kernel, strides: strides, dilations: dilations, padding: .explicit(begin: pads, end: pads)),
        input: input, output: output)
    }
  }

  var shape: ConvolutionShape {
    get throws {
      try #require(
        ConvolutionShape(
          batch: batch, channels: channels, filters: filters, groups: groups, window: window))
    }
  }

  var weightShape: [Int] { [filters, channels / groups] + kernel }

  /// Calls `body` for every product that the convolution sums: indices into y, x and the weights.
  func forEachProduct(_ body: (Int, Int, Int) -> Void) {
    let (perGroup, filtersPerGroup) = (channels / groups, filters / groups)
    for image in 0..<batch {
      for filter in 0..<filters {
        for row in 0..<output[0] {
          for column in 0..<output[1] {
            let y = ((image * filters + filter) * output[0] + row) * output[1] + column
            for channel in 0..<perGroup {
              let source = image * channels + filter / filtersPerGroup * perGroup + channel
              for ky in 0..<kernel[0] {
                for kx in 0..<kernel[1] {
                  let iy = row * strides[0] + ky * dilations[0] - pads[0]
                  let ix = column * strides[1] + kx * dilations[1] - pads[1]
                  guard iy >= 0, iy < input[0], ix >= 0, ix < input[1] else { continue }
                  body(
                    y, (source * input[0] + iy) * input[1] + ix,
                    ((filter * perGroup + channel) * kernel[0] + ky) * kernel[1] + kx)
                }
              }
            }
          }
        }
      }
    }
  }

  static let dense: [PlanarCase] = [
    PlanarCase(channels: 1, filters: 32, input: [9, 11]),
    PlanarCase(batch: 1, channels: 1, filters: 1, input: [1, 1], kernel: [1, 1], pads: [0, 0]),
    PlanarCase(channels: 5, filters: 7, input: [7, 7]),
    PlanarCase(batch: 17, channels: 6, filters: 70, input: [7, 7]),
    PlanarCase(batch: 2, channels: 20, filters: 129, input: [5, 4]),
    PlanarCase(batch: 9, channels: 16, filters: 16, input: [16, 16]),
    PlanarCase(channels: 33, filters: 48, input: [6, 5]),
    PlanarCase(channels: 12, filters: 20, input: [11, 13], strides: [2, 2]),
    PlanarCase(channels: 9, filters: 17, input: [12, 10], strides: [2, 1]),
    PlanarCase(channels: 8, filters: 8, input: [13, 17], kernel: [5, 3], strides: [3, 2], pads: [2, 0]),
    PlanarCase(channels: 8, filters: 16, input: [11, 12], dilations: [2, 3], pads: [2, 3]),
    PlanarCase(
      channels: 4, filters: 16, input: [15, 14], kernel: [3, 2], strides: [2, 3], dilations: [3, 2],
      pads: [3, 1]),
    PlanarCase(channels: 24, filters: 40, input: [8, 8], kernel: [1, 1], pads: [0, 0]),
    PlanarCase(channels: 24, filters: 12, input: [16, 16], kernel: [1, 1], pads: [0, 0]),
    PlanarCase(channels: 10, filters: 12, input: [9, 8], kernel: [1, 1], strides: [2, 2], pads: [0, 0]),
    PlanarCase(channels: 10, filters: 12, input: [6, 5], kernel: [1, 1], pads: [1, 2]),
    PlanarCase(channels: 12, filters: 24, input: [7, 6], groups: 3),
    PlanarCase(batch: 1, channels: 3, filters: 10, input: [60, 70]),
    PlanarCase(batch: 2, channels: 10, filters: 16, input: [1, 50], kernel: [1, 7], pads: [0, 3]),
    PlanarCase(channels: 2, filters: 9, input: [2, 2], kernel: [5, 5], pads: [4, 4]),
  ]

  static let winograd: [PlanarCase] = [
    PlanarCase(batch: 5, channels: 16, filters: 16, input: [8, 8]),
    PlanarCase(batch: 9, channels: 20, filters: 70, input: [7, 7]),
    PlanarCase(batch: 1, channels: 33, filters: 17, input: [14, 11]),
    PlanarCase(batch: 2, channels: 16, filters: 16, input: [9, 10], pads: [0, 0]),
    PlanarCase(batch: 2, channels: 18, filters: 16, input: [6, 6], pads: [2, 2]),
    PlanarCase(batch: 1, channels: 16, filters: 16, input: [45, 101], pads: [1, 0]),
  ]

  static let depthwise: [PlanarCase] = [
    PlanarCase(channels: 5, filters: 5, input: [7, 7], groups: 5),
    PlanarCase(batch: 1, channels: 3, filters: 3, input: [28, 28], groups: 3),
    PlanarCase(channels: 4, filters: 4, input: [15, 14], strides: [2, 2], groups: 4),
    PlanarCase(channels: 4, filters: 4, input: [14, 15], kernel: [5, 5], pads: [2, 2], groups: 4),
    PlanarCase(
      channels: 4, filters: 4, input: [9, 40], kernel: [2, 4], strides: [2, 3], pads: [1, 2], groups: 4),
    PlanarCase(channels: 3, filters: 3, input: [12, 11], dilations: [2, 2], pads: [2, 1], groups: 3),
    PlanarCase(
      channels: 3, filters: 3, input: [8, 8], kernel: [1, 1], strides: [2, 2], pads: [0, 0], groups: 3),
    PlanarCase(batch: 2, channels: 2, filters: 2, input: [3, 3], kernel: [3, 3], pads: [0, 0], groups: 2),
  ]
}

/// The largest difference, in units of the largest element.
private func error(_ values: [Float], _ expected: [Double]) -> Double {
  let largest = expected.map { $0.magnitude }.max() ?? 0
  let differences = zip(values, expected).map { (Double($0) - $1).magnitude }
  guard differences.allSatisfy(\.isFinite), values.count == expected.count else { return .infinity }
  return (differences.max() ?? 0) / max(largest, 1)
}

/// Memory that was in use before: what is not written shows.
private func scribbled(_ count: Int) -> [Float] { [Float](repeating: .nan, count: count) }

@Suite struct ConvolutionKernelTests {
  private struct Operands {
    var x: [Float]
    var weights: [Float]
    var bias: [Float]
    var gradient: [Float]

    init(_ test: PlanarCase) {
      var random = SeededRandom(seed: 5)
      func floats(_ shape: [Int]) -> [Float] { random.tensor(shape).floats ?? [] }
      x = floats([test.batch, test.channels] + test.input)
      weights = floats(test.weightShape)
      bias = floats([test.filters])
      gradient = floats([test.batch, test.filters] + test.output)
    }
  }

  @Test(arguments: PlanarCase.dense) func forward(_ test: PlanarCase) throws {
    let operands = Operands(test)
    let size = test.output.reduce(1, *)
    var expected = (0..<test.batch * test.filters * size).map {
      Double(operands.bias[$0 / size % test.filters])
    }
    test.forEachProduct { expected[$0] += Double(operands.x[$1]) * Double(operands.weights[$2]) }
    for kernels in FloatKernels.all {
      var y = scribbled(expected.count)
      IndirectConvolution.forward(try test.shape, kernels).run(
        operands.x, weights: operands.weights, bias: operands.bias, to: &y)
      #expect(error(y, expected) < 1e-5, "\(kernels.name)")
      var clamped = scribbled(expected.count)
      IndirectConvolution.forward(try test.shape, kernels).run(
        operands.x, weights: operands.weights, clamp: ClampBounds(.clip(-0.5, 0.25)), to: &clamped)
      let plain = expected.indices.map { expected[$0] - Double(operands.bias[$0 / size % test.filters]) }
      #expect(error(clamped, plain.map { min(max($0, -0.5), 0.25) }) < 1e-5, "\(kernels.name)")
    }
  }

  @Test(arguments: PlanarCase.dense) func inputGradient(_ test: PlanarCase) throws {
    let operands = Operands(test)
    var expected = [Double](repeating: 0, count: operands.x.count)
    test.forEachProduct { expected[$1] += Double(operands.gradient[$0]) * Double(operands.weights[$2]) }
    for kernels in FloatKernels.all {
      var result = scribbled(expected.count)
      IndirectConvolution.inputGradient(try test.shape, kernels).run(
        operands.gradient, weights: operands.weights, to: &result)
      #expect(error(result, expected) < 1e-5, "\(kernels.name)")
    }
  }

  @Test(arguments: PlanarCase.dense) func filterGradient(_ test: PlanarCase) throws {
    let operands = Operands(test)
    let size = test.output.reduce(1, *)
    var expected = [Double](repeating: 0, count: operands.weights.count)
    test.forEachProduct { expected[$2] += Double(operands.gradient[$0]) * Double(operands.x[$1]) }
    var bias = [Double](repeating: 0, count: test.filters)
    for (index, value) in operands.gradient.enumerated() {
      bias[index / size % test.filters] += Double(value)
    }
    for kernels in FloatKernels.all {
      var (weights, biases) = (scribbled(expected.count), scribbled(test.filters))
      FilterGradient(try test.shape, kernels).run(
        operands.x, operands.gradient, weights: &weights, bias: &biases)
      #expect(error(weights, expected) < 1e-5, "\(kernels.name)")
      #expect(error(biases, bias) < 1e-5, "\(kernels.name)")
    }
  }

  /// Errors are those of the transforms, which have eights in them.
  @Test(arguments: PlanarCase.winograd) func winograd(_ test: PlanarCase) throws {
    let operands = Operands(test)
    let size = test.output.reduce(1, *)
    var y = (0..<test.batch * test.filters * size).map { Double(operands.bias[$0 / size % test.filters]) }
    var x = [Double](repeating: 0, count: operands.x.count)
    var weights = [Double](repeating: 0, count: operands.weights.count)
    test.forEachProduct { output, input, weight in
      y[output] += Double(operands.x[input]) * Double(operands.weights[weight])
      x[input] += Double(operands.gradient[output]) * Double(operands.weights[weight])
      weights[weight] += Double(operands.gradient[output]) * Double(operands.x[input])
    }
    for kernels in FloatKernels.all {
      let shape = try test.shape
      var (outputs, inputs, sums) = (scribbled(y.count), scribbled(x.count), scribbled(weights.count))
      try #require(WinogradConvolution.forward(shape, kernels)).run(
        operands.x, weights: operands.weights, bias: operands.bias, to: &outputs)
      try #require(WinogradConvolution.inputGradient(shape, kernels)).run(
        operands.gradient, weights: operands.weights, to: &inputs)
      try #require(WinogradFilterGradient(shape, kernels)).run(
        operands.x, operands.gradient, weights: &sums)
      #expect(error(outputs, y) < 2e-5, "\(kernels.name)")
      #expect(error(inputs, x) < 2e-5, "\(kernels.name)")
      #expect(error(sums, weights) < 2e-5, "\(kernels.name)")
    }
  }

  @Test(arguments: PlanarCase.depthwise) func depthwise(_ test: PlanarCase) throws {
    let operands = Operands(test)
    var (x, weights) = (
      [Double](repeating: 0, count: operands.x.count), [Double](repeating: 0, count: operands.weights.count)
    )
    test.forEachProduct { y, input, weight in
      x[input] += Double(operands.gradient[y]) * Double(operands.weights[weight])
      weights[weight] += Double(operands.gradient[y]) * Double(operands.x[input])
    }
    for kernels in FloatKernels.all {
      let depthwise = try DepthwiseGradient(test.shape, test.window, kernels)
      var (ofInput, ofWeights) = (scribbled(x.count), scribbled(weights.count))
      depthwise.run(
        operands.x, operands.gradient, weights: operands.weights, input: &ofInput, factors: &ofWeights)
      #expect(error(ofInput, x) < 1e-5, "\(kernels.name)")
      #expect(error(ofWeights, weights) < 1e-5, "\(kernels.name)")
      var alone = scribbled(weights.count)
      depthwise.run(operands.x, operands.gradient, weights: nil, input: nil, factors: &alone)
      #expect(alone == ofWeights, "\(kernels.name)")
    }
  }
}
