import PithEngine
import PithGraph
import PithTestSupport
import Testing

@testable import PithPasses

@Suite struct EqualizationTests {
  /// 1×1, depthwise 3×3 and 1×1 convolutions, with channels of very different sizes between them.
  static func graph(seed: Int, activation: Activation?, gain: Float = 1) throws -> Graph {
    var builder = GraphBuilder(seed: seed)
    let channels = 12
    let x = builder.input(["N", 6, 7, 7])
    func uneven(_ shape: [Int], _ size: Float) -> ValueID {
      let row = shape.dropFirst().reduce(1, *)
      var random = builder.random
      let floats = (0..<shape[0] * row).map { index in
        random.float() * size / Float(1 << (index / row % 6))
      }
      builder.random = random
      return builder.constant(Tensor(shape: shape, floats: floats), "w")
    }
    let expanded = builder.add(
      Conv(activation: activation), x, uneven([channels, 6, 1, 1], 4 * gain), uneven([channels], gain))
    let depthwise = builder.add(
      Conv(padding: .explicit(begin: [1, 1], end: [1, 1]), groups: channels, activation: activation),
      expanded,
      uneven([channels, 1, 3, 3], 1), uneven([channels], 0.5))
    return try builder.build(
      builder.add(Conv(), depthwise, builder.constant([8, channels, 1, 1]), builder.constant([8])))
  }

  static func samples(seed: Int) -> [Tensor] {
    var random = SeededRandom(seed: seed)
    return (0..<6).map { _ in random.tensor([1, 6, 7, 7]) }
  }

  static func equalized(_ graph: Graph, on samples: [Tensor]) throws -> (graph: Graph, count: Int) {
    let pairs = CrossLayerEqualization.pairs(in: graph)
    var calibrator = try Calibrator(
      graph, wanted: [],
      channelAxes: Dictionary(pairs.map { ($0.between, 1) }, uniquingKeysWith: { a, _ in a }))
    for sample in samples { try calibrator.add([sample]) }
    return try CrossLayerEqualization.apply(to: graph, pairs: pairs, statistics: calibrator.statistics)
  }

  /// `gain` decides how many channels reach a clamp at 6: none, some, most.
  @Test(
    arguments: [nil, Activation.relu, .clip(0, 6), .clip(0, 1)], [Float(0.1), 1, 4, 30])
  func fp32StaysAsItIs(activation: Activation?, gain: Float) throws {
    let graph = try Self.graph(seed: 3, activation: activation, gain: gain)
    let samples = Self.samples(seed: 9)
    let (after, count) = try Self.equalized(graph, on: samples)
    try after.verify()
    #expect(count == 2)
    let (old, new) = (try FloatEngine(graph), try FloatEngine(after))
    for sample in samples {
      let (a, b) = (try old.run([sample])[0].floats ?? [], try new.run([sample])[0].floats ?? [])
      let largest = a.map(abs).max() ?? 0
      #expect(a.count == b.count && largest > 0)
      #expect(zip(a, b).allSatisfy { abs($0 - $1) <= 1e-5 * largest })
    }
  }

  @Test func rangesBecomeEven() throws {
    let graph = try Self.graph(seed: 3, activation: .relu)
    let samples = Self.samples(seed: 9)
    func spread(_ graph: Graph) throws -> Float {
      let between = graph.nodes[0].outputs[0]
      var calibrator = try Calibrator(graph, wanted: [], channelAxes: [between: 1])
      for sample in samples { try calibrator.add([sample]) }
      let maxima = try #require(calibrator.statistics[between]).channelMaxima
      return (maxima.max() ?? 0) / (maxima.min() ?? 1)
    }
    let before = try spread(graph)
    let after = try spread(try Self.equalized(graph, on: samples).graph)
    // No channel grows by more than 32, so very small ones stay smaller.
    #expect(before > 10 && after < max(1.01, before / 31), "\(before) became \(after)")
  }

  @Test func whatCannotBeRescaledIsLeft() throws {
    // A clamp that does not begin at 0, a value with two readers, and dense layers only.
    for activation: Activation in [.clip(-1, 1), .clip(0.5, 6)] {
      #expect(CrossLayerEqualization.pairs(in: try Self.graph(seed: 3, activation: activation)).isEmpty)
    }
    var builder = GraphBuilder(seed: 4)
    let x = builder.input(["N", 4, 5, 5])
    let y = builder.conv(x, weights: [4, 4, 1, 1], Conv(activation: .relu))
    let depthwise = builder.conv(y, weights: [4, 1, 3, 3], Conv(padding: .sameUpper, groups: 4))
    #expect(CrossLayerEqualization.pairs(in: try builder.build(depthwise, y)).isEmpty)
    let sum = builder.add(Add(), depthwise, y)
    #expect(CrossLayerEqualization.pairs(in: try builder.build(sum)).isEmpty)
    let dense = builder.conv(y, weights: [4, 4, 1, 1])
    #expect(CrossLayerEqualization.pairs(in: try builder.build(dense)).isEmpty)
  }
}
