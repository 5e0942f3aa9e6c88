import PithGraph
import PithTestSupport
import Testing

@testable import PithPasses

@Suite struct CalibratorTests {
  /// x → scaled ("grown") → Relu ("y").
  private func graph(factor: Float) throws -> Graph {
    var builder = GraphBuilder()
    let x = builder.input(["N", 3], "pixels")
    let grown = builder.add(Mul(), x, builder.scalar(factor), name: "grown")
    return try builder.build(builder.add(Relu(), grown, name: "y"))
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity])
  func samplesThatAreNotFiniteAreRefused(_ value: Float) throws {
    var quantizer = try Quantizer(try graph(factor: 2))
    try quantizer.calibrate([Tensor(shape: [1, 3], floats: [1, 2, 3])])
    let error = #expect(throws: GraphError.self) {
      try quantizer.calibrate([Tensor(shape: [1, 3], floats: [1, value, 3])])
    }
    let text = error?.description ?? ""
    #expect(text.contains("'pixels'") && text.contains("not finite") && text.contains("--scale"))
    #expect(!text.contains("\n"))
  }

  @Test func theActivationThatOverflowsIsNamed() throws {
    var quantizer = try Quantizer(try graph(factor: 1e30))
    let error = #expect(throws: GraphError.self) {
      try quantizer.calibrate([Tensor(shape: [1, 3], floats: [1, 1e20, 3])])
    }
    #expect(error?.description.contains("'grown.y'") == true)
  }

  @Test(arguments: 1...40) func everyPlaceIsLookedAt(_ count: Int) throws {
    var builder = GraphBuilder()
    let x = builder.input([1, .fixed(count)])
    let graph = try builder.build(builder.add(Relu(), x))
    for place in 0..<count {
      var quantizer = try Quantizer(graph)
      var floats = [Float](repeating: 1, count: count)
      floats[place] = .nan
      #expect(throws: GraphError.self) {
        try quantizer.calibrate([Tensor(shape: [1, count], floats: floats)])
      }
    }
  }

  @Test func noSamplesIsAnError() throws {
    let error = #expect(throws: GraphError.self) { try Quantizer(try graph(factor: 2)).finish() }
    #expect(error?.message.contains("no samples") == true)
  }

  @Test func channelsAreFollowed() throws {
    var builder = GraphBuilder()
    let x = builder.input(["N", 2, 2])
    let graph = try builder.build(builder.add(Relu(), x))
    var calibrator = try Calibrator(graph, wanted: [x], channelAxes: [x: 1])
    try calibrator.add([Tensor(shape: [1, 2, 2], floats: [1, 3, -4, -8])])
    try calibrator.add([Tensor(shape: [2, 2, 2], floats: [5, 7, 0, 0, 0, 2, -2, 2])])
    let seen = try #require(calibrator.statistics[x])
    #expect(seen.channelMeans == [3, -2] && calibrator.sampleCount == 3)
    #expect(seen.channelMaxima == [7, 2] && seen.channelMinima == [0, -8])
    #expect(seen.histogram.total == 12 && seen.histogram.zeros == 3)
  }

  @Test func batchesGiveTheSameModelAsSingleSamples() throws {
    var builder = GraphBuilder(seed: 3)
    let x = builder.input(["N", 3, 8, 8])
    let y = builder.conv(x, weights: [8, 3, 3, 3], Conv(activation: .relu))
    let graph = try builder.build(builder.conv(y, weights: [4, 8, 1, 1]))
    var random = SeededRandom(seed: 8)
    let samples = (0..<6).map { _ in random.tensor([1, 3, 8, 8]) }
    var (single, batched) = (try Quantizer(graph), try Quantizer(graph))
    for sample in samples { try single.calibrate([sample]) }
    try batched.calibrate([Tensor(shape: [6, 3, 8, 8], floats: samples.flatMap { $0.floats ?? [] })])
    let (a, b) = (try single.finish(), try batched.finish())
    #expect(a.weights == b.weights && a.sampleCount == 6 && b.sampleCount == 6)
    for (id, parameters) in a.activations {
      let other = try #require(b.activations[id])
      #expect(abs(parameters.scale - other.scale) <= 1e-5 * parameters.scale)
    }
  }
}
