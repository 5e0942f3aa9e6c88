import PithEngine
import PithGraph
import PithPasses
import PithTestSupport
import Testing

@testable import PithLower

@Suite struct EqualizationNoiseTests {
  /// A depthwise net whose channels differ by a factor of up to 64, which one scale a tensor serves badly.
  private func graph() throws -> Graph {
    var network = SmallNetwork(seed: 21)
    let channels = 16
    let x = network.input([1, 6, 9, 9])
    func uneven(_ sizes: [Int], growing: Bool) -> ValueID {
      let row = sizes.dropFirst().reduce(1, *)
      let floats = network.random.floats(sizes.reduce(1, *)).enumerated().map { index, value in
        let size = Float(1 << (index / row % 7))
        return growing ? value * size : value / size
      }
      return network.constant(Tensor(shape: sizes, floats: floats))
    }
    let expanded = network.add(Conv(activation: .relu), x, uneven([channels, 6, 1, 1], growing: false))
    // The small channels matter as much as the large ones.
    let depthwise = network.add(
      Conv(padding: .sameUpper, groups: channels, activation: .relu), expanded,
      uneven([channels, 1, 3, 3], growing: true))
    return try network.built(network.add(Conv(), depthwise, network.constant([10, channels, 1, 1])))
  }

  @Test func equalizationLowersTheNoise() throws {
    let graph = try graph()
    var random = SeededRandom(seed: 22)
    let samples = (0..<8).map { _ in [random.tensor([1, 6, 9, 9])] }
    let engine = try FloatEngine(graph)
    let expected = try samples.flatMap { try engine.run($0)[0].floats ?? [] }
    func decibels(_ graph: Graph) throws -> Double {
      let program = try Lowering.lower(graph.quantized(on: samples))
      return Closeness.decibels(try program.outputs(samples).flatMap { $0[0] }, expected)
    }
    let pairs = CrossLayerEqualization.pairs(in: graph)
    var calibrator = try Calibrator(
      graph, wanted: [], channelAxes: Dictionary(uniqueKeysWithValues: pairs.map { ($0.between, 1) }))
    for sample in samples { try calibrator.add(sample) }
    let (equalized, count) = try CrossLayerEqualization.apply(
      to: graph, pairs: pairs, statistics: calibrator.statistics)
    #expect(count == 2)
    let (before, after) = (try decibels(graph), try decibels(equalized))
    #expect(after > before + 6, "\(before) dB to \(after) dB")
    #expect(after > 30, "\(after) dB")
  }
}
