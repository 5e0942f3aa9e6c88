import PithGraph
import PithTestSupport
import Testing

@testable import PithLower
@testable import PithPasses

/// What a review found wrong once.
@Suite struct ReviewedCasesTests {
  /// A view that the user keeps in fp32 has a range of its own, which is not that of the bytes it views.
  @Test func anExcludedViewKeepsTheValues() throws {
    var network = SmallNetwork(seed: 5)
    let x = network.input([1, 4, 8, 8])
    let weights = network.constant([8, 4, 3, 3])
    let y = network.add(Conv(padding: .sameUpper, activation: .relu), x, weights)
    let pooled = network.add(MaxPool(window: Window(kernel: [8, 8])), y)
    let flat = network.add(Flatten(), pooled)
    let matrix = network.constant([5, 8])
    let z = network.add(Gemm(transposesB: true), flat, matrix)
    let graph = try network.built(z)
    var random = SeededRandom(seed: 6)
    let samples = (0..<4).map { _ in [random.tensor([1, 4, 8, 8])] }
    let name = try #require(graph.nodes.first { $0.op is Flatten }).name
    let plain = try Lowering.lower(try graph.quantized(on: samples)).outputs(samples)
    let excluded = try Lowering.lower(
      try graph.quantized(on: samples, QuantizationSettings(excluded: [name]))
    ).outputs(samples)
    for (a, b) in zip(plain, excluded) {
      let largest = a[0].map(abs).max() ?? 0
      #expect(zip(a[0], b[0]).allSatisfy { abs($0 - $1) < 0.05 * largest })
    }
  }

  @Test(arguments: [1 << 33, 1 << 62])
  func aSliceOfOneElementMayStepFar(_ step: Int) throws {
    var network = SmallNetwork(seed: 7)
    let x = network.input([1, 6])
    let y = network.add(Relu(), x)
    let operands = [[0], [1], [1], [step]].map { network.constant(Tensor(ints: $0)) }
    let z = network.graph.add(Slice(), [y] + operands, name: "slice", outputs: ["slice.y"])[0]
    let graph = try network.built(z)
    let samples = [[Tensor(shape: [1, 6], floats: [1, 2, 3, 4, 5, 6])]]
    let output = try Lowering.lower(try graph.quantized(on: samples)).outputs(samples)
    #expect(abs(output[0][0][0] - 1) < 0.02)
  }

  @Test func boundsThatAreNotNumbersAreRefused() throws {
    var network = SmallNetwork(seed: 8)
    let x = network.input([1, 6])
    let y = network.add(Sigmoid(), x)
    let low = network.constant(Tensor(.nan))
    let z = network.add(Clip(), y, low)
    let graph = try network.built(z)
    let model = try graph.quantized(on: [[Tensor(shape: [1, 6], floats: [1, 2, 3, 4, 5, 6])]])
    #expect(model.floatNodes.map(\.node.op.name) == ["Clip"])
  }
}
