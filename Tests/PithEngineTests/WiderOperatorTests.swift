import PithGraph
import PithTestSupport
import Testing

@testable import PithEngine

/// Operators beside naive references, beyond what ONNX's own suite sees of them.
@Suite struct WiderOperatorTests {
  @Test(arguments: [
    (groups: 1, stride: 2, dilation: 1, pad: 1, added: 1), (2, 1, 2, 0, 0), (4, 3, 1, 2, 2), (1, 2, 2, 1, 0),
  ])
  func transposedConvolution(_ example: (groups: Int, stride: Int, dilation: Int, pad: Int, added: Int))
    throws
  {
    let (g, s, d) = (example.groups, example.stride, example.dilation)
    let x = SeededRandom.tensor([2, 8, 5, 4], seed: 1)
    let weights = SeededRandom.tensor([8, 12 / g, 3, 3], seed: 2)
    let bias = SeededRandom.tensor([12], seed: 3)
    let op = ConvTranspose(
      strides: [s, s], dilations: [d, d],
      padding: .explicit(begin: [example.pad, example.pad], end: [example.pad, example.pad]), groups: g,
      outputPadding: [example.added, example.added])
    let result = try op.evaluate([x, weights, bias])[0]
    let (a, w, b) = (Reference(x), Reference(weights), Reference(bias))
    let (rows, columns) = (result.shape[2], result.shape[3])
    #expect(rows == 4 * s + 2 * d + 1 + example.added - 2 * example.pad)
    var sums = [Double](repeating: 0, count: result.count)
    for place in Reference.positions(x.shape) {
      let group = place[1] / (8 / g)
      for tap in Reference.positions([12 / g, 3, 3]) {
        let row = place[2] * s + tap[1] * d - example.pad
        let column = place[3] * s + tap[2] * d - example.pad
        guard (0..<rows).contains(row), (0..<columns).contains(column) else { continue }
        let filter = group * (12 / g) + tap[0]
        sums[((place[0] * 12 + filter) * rows + row) * columns + column] += a[place] * w[[place[1]] + tap]
      }
    }
    expectClose(
      result,
      Reference(
        shape: result.shape, values: sums.enumerated().map { $1 + b.values[$0 / (rows * columns) % 12] }))
  }

  @Test func transposedConvolutionOfAnySizes() throws {
    // As "same": the output is the input times the strides, whatever the kernel is.
    for (kernel, stride) in [(3, 2), (2, 3), (4, 4), (5, 1)] {
      for padding in [Padding.sameUpper, .sameLower] {
        let op = ConvTranspose(strides: [stride], dilations: [1], padding: padding, outputPadding: [0])
        let result = try op.evaluate([
          SeededRandom.tensor([1, 2, 6], seed: 4), SeededRandom.tensor([2, 3, kernel], seed: 5),
        ])
        #expect(result[0].shape == [1, 3, 6 * stride])
      }
    }
  }

  @Test(arguments: [1, 2, 3, 6])
  func groupNormalization(groups: Int) throws {
    let x = SeededRandom.tensor([2, 6, 3, 5], in: -1...4, seed: 6)
    let (scale, bias) = (SeededRandom.tensor([6], seed: 7), SeededRandom.tensor([6], seed: 8))
    let result = try GroupNormalization(groups: groups).evaluate([x, scale, bias])[0]
    let (a, s, b) = (Reference(x), Reference(scale), Reference(bias))
    let count = 90 / groups
    let expected = Reference(shape: x.shape) { place in
      let first = (place[0] * 6 + place[1] / (6 / groups) * (6 / groups)) * 15
      let values = a.values[first..<first + count]
      let mean = values.reduce(0, +) / Double(count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
      return (a[place] - mean) / (variance + 1e-5).squareRoot() * s.values[place[1]] + b.values[place[1]]
    }
    expectClose(result, expected)
  }

  @Test func topElementsAreInOrder() throws {
    let x = Tensor(shape: [2, 4], floats: [3, .nan, 3, -1, 0, 0, 0, 0])
    let largest = try TopK().evaluate([x, Tensor(ints: [3])])
    #expect(largest[1].integers == [1, 0, 2, 0, 1, 2])
    let smallest = try TopK(selectsLargest: false).evaluate([x, Tensor(ints: [2])])
    #expect(smallest[1].integers == [3, 0, 0, 1])
    #expect(smallest[0].floats == [-1, 3, 0, 0])
    #expect(throws: GraphError.self) { try TopK().evaluate([x, Tensor(ints: [5])]) }
  }

  @Test func remaindersHaveTheSignThatIsAskedFor() throws {
    let (a, b) = (Tensor(ints: [7, -7, 7, -7]), Tensor(ints: [3, 3, -3, -3]))
    #expect(try Mod().evaluate([a, b])[0].integers == [1, 2, -2, -1])
    #expect(try Mod(truncates: true).evaluate([a, b])[0].integers == [1, -1, 1, -1])
    #expect(throws: GraphError.self) { try Mod().evaluate([a, Tensor(ints: [0])]) }
    let smallest = Tensor(shape: [1], storage: .int64([.min]))
    #expect(try Mod().evaluate([smallest, Tensor(ints: [-1])])[0].integers == [0])
  }

  @Test func integerPowersAreExact() throws {
    let result = try Pow().evaluate([Tensor(ints: [3, -2, 1 << 31]), Tensor(ints: [39, 63, 2])])[0]
    #expect(result.integers == [4_052_555_153_018_976_267, .min, 1 << 62])
  }

  @Test func sumsOfIntegersWrapAround() throws {
    let product = try MatMulInteger().evaluate([
      Tensor(shape: [1, 3], storage: .uint8([255, 0, 255])),
      Tensor(shape: [3, 1], storage: .int8([-128, 5, 127])),
      Tensor(shape: [], storage: .uint8([1])), Tensor(shape: [], storage: .int8([1])),
    ])
    #expect(product[0].integers == [254 * -129 - 4 + 254 * 126])
  }

  @Test(arguments: [
    (Resize.Coordinates.halfPixel, Resize.Mode.linear), (.alignCorners, .linear), (.asymmetric, .cubic),
    (.pytorchHalfPixel, .cubic), (.halfPixel, .nearest),
  ])
  func resizingToTheSameSizeChangesNothing(_ coordinates: Resize.Coordinates, _ mode: Resize.Mode) throws {
    let x = SeededRandom.tensor([1, 2, 5, 4], seed: 9)
    let op = Resize(mode: mode, coordinates: coordinates)
    #expect(try op.evaluate([x, Tensor(ints: x.shape)])[0] == x)
    // A plane that is flat stays flat.
    let flat = Tensor(shape: [1, 1, 4, 4], floats: Array(repeating: 2, count: 16))
    let larger = try op.evaluate([flat, Tensor(shape: [4], floats: [1, 1, 2.5, 1.75])])[0]
    #expect(larger.shape == [1, 1, 10, 7])
    #expect(larger.floats?.allSatisfy { abs($0 - 2) < 1e-5 } == true)
  }

  @Test func hostileIndicesAreErrors() throws {
    let data = SeededRandom.tensor([3, 4], seed: 10)
    func fails(_ op: any Executable, _ inputs: [Tensor?]) {
      #expect(throws: GraphError.self, "\(op.name)") { try op.evaluate(inputs) }
    }
    let (large, low) = (Tensor(shape: [1, 2], ints: [3, 0]), Tensor(shape: [1, 2], ints: [-4, 0]))
    for indices in [large, low] {
      fails(GatherND(), [data, indices])
      fails(GatherElements(), [data, indices])
      fails(ScatterND(), [data, indices, SeededRandom.tensor([1], seed: 11)])
      fails(ScatterElements(), [data, indices, SeededRandom.tensor([1, 2], seed: 11)])
    }
    fails(GatherElements(axis: 0), [data, Tensor(shape: [1, 5], ints: [0, 0, 0, 0, 0])])
    fails(ReverseSequence(timeAxis: 0, batchAxis: 1), [data, Tensor(ints: [1, 2, 3, 4])])
    fails(
      Compress(axis: 0, countName: "n"),
      [data, Tensor(shape: [4], storage: .bool([true, true, true, true]))])
    fails(NumberRange(), [Tensor(0), Tensor(1), Tensor(0)])
    fails(Tile(), [data, Tensor(ints: [1 << 40, 1 << 40])])
    fails(
      MaxUnpool(window: Window(kernel: [2, 2], strides: [2, 2])),
      [
        Tensor(shape: [1, 1, 1, 1], floats: [1]), Tensor(shape: [1, 1, 1, 1], ints: [9]),
      ])
    fails(
      RoiAlign(),
      [
        SeededRandom.tensor([1, 1, 4, 4], seed: 12), Tensor(shape: [1, 4], floats: [0, 0, .infinity, 3]),
        Tensor(ints: [0]),
      ])
  }
}
