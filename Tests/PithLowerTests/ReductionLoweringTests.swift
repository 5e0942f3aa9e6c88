import CPith
import PithEngine
import PithGraph
import PithHost
import PithTestSupport
import Testing

@testable import PithLower
@testable import PithPasses

/// Reductions, repetitions and group normalization in integers and in fp32.
@Suite struct ReductionLoweringTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var op: any Operator
    var sizes: [Int]
    var operand: [Int]
    var isInteger = true
    var testDescription: String { name }
  }

  static let cases = [
    Case(name: "sum of maps", op: ReduceSum(keepsDimensions: false), sizes: [1, 5, 6, 4], operand: [2, 3]),
    Case(name: "sum of maps, channels last", op: ReduceSum(), sizes: [1, 6, 4, 5], operand: [1, 2]),
    Case(name: "sum of steps", op: ReduceSum(keepsDimensions: false), sizes: [1, 7, 6], operand: [1]),
    Case(name: "sum of features", op: ReduceSum(), sizes: [1, 7, 6], operand: [2]),
    Case(name: "sum of channels", op: ReduceSum(), sizes: [1, 5, 6, 4], operand: [1], isInteger: false),
    Case(
      name: "largest of maps", op: ReduceMax(keepsDimensions: false), sizes: [1, 5, 6, 4], operand: [2, 3]),
    Case(name: "largest of maps, channels last", op: ReduceMax(), sizes: [1, 6, 4, 5], operand: [1, 2]),
    Case(name: "largest of steps", op: ReduceMax(keepsDimensions: false), sizes: [1, 7, 6], operand: [1]),
    Case(name: "largest of channels", op: ReduceMax(), sizes: [1, 5, 6, 4], operand: [1], isInteger: false),
    Case(name: "mean of channels", op: ReduceMean(), sizes: [1, 5, 6, 4], operand: [1], isInteger: false),
    Case(name: "tiled rows and columns", op: Tile(), sizes: [1, 5, 3, 2], operand: [1, 1, 2, 3]),
    Case(name: "tiled channels", op: Tile(), sizes: [1, 5, 3, 2], operand: [1, 3, 1, 1]),
    Case(name: "tiled inner axis of five", op: Tile(), sizes: [1, 3, 2, 1, 5], operand: [1, 1, 1, 2, 1]),
    Case(name: "tiled vector", op: Tile(), sizes: [1, 6], operand: [1, 4]),
    Case(name: "expanded channels", op: Expand(), sizes: [1, 5, 1, 1], operand: [1, 5, 4, 3]),
    Case(name: "expanded plane", op: Expand(), sizes: [1, 1, 4, 3], operand: [1, 6, 4, 3]),
    Case(name: "expanded to more axes", op: Expand(), sizes: [4, 3], operand: [1, 2, 4, 3]),
  ]

  private func network(_ test: Case) throws -> (graph: Graph, samples: [[Tensor]]) {
    var network = SmallNetwork(seed: 3)
    let x = network.input(test.sizes)
    let y = network.add(test.op, x, network.constant(Tensor(ints: test.operand)))
    let graph = try network.built(y)
    return (graph, (0..<6).map { _ in [network.random.tensor(test.sizes, in: -2...1)] })
  }

  @Test(arguments: cases) func integersSayTheSame(_ test: Case) throws {
    let (graph, samples) = try network(test)
    let model = try graph.quantized(on: samples)
    #expect(model.floatNodes.isEmpty == test.isInteger)
    try expectClose(try Lowering.lower(model), graph, samples, decibels: 30)
  }

  @Test(arguments: cases) func floatsSayTheSame(_ test: Case) throws {
    let (graph, samples) = try network(test)
    var model = try graph.quantized(on: samples)
    for node in graph.nodes { model.placements[node.id] = .float32(reason: "the test wants it") }
    try expectClose(try Lowering.lower(model), graph, samples, decibels: 100)
  }

  private func expectClose(
    _ program: Program, _ graph: Graph, _ samples: [[Tensor]], decibels: Double
  ) throws {
    let engine = try FloatEngine(graph)
    let expected = try samples.flatMap { try engine.run($0)[0].floats ?? [] }
    let actual = try program.outputs(samples)
    let closeness = Closeness.decibels(actual.flatMap { $0[0] }, expected)
    #expect(closeness > decibels, "\(closeness) dB")
    for isa in PithISA.available {
      let session = PithSession(try PithModel(bytes: program.bytes, isa: isa))
      let outputs = try samples.map { try session.run(inputs: $0.map { $0.floats ?? [] }) }
      #expect(outputs == actual, "\(isa)")
    }
  }

  @Test(arguments: [1, 2, 8]) func groupsAreNormalizedInIntegers(_ groups: Int) throws {
    var network = SmallNetwork(seed: 5)
    let x = network.input([1, 3, 10, 9])
    let weights = network.constant([8, 3, 3, 3])
    let map = network.add(Conv(padding: .explicit(begin: [1, 1], end: [1, 1])), x, weights)
    let normalized = network.add(
      GroupNormalization(groups: groups), map, network.constant([8], in: 0.5...1.5), network.constant([8]))
    let y = network.add(Relu(), normalized)
    let graph = try Simplify.run(try network.built(y)).graph
    #expect(!graph.nodes.contains { $0.op is GroupNormalization })
    let samples = (0..<6).map { _ in [network.random.tensor([1, 3, 10, 9])] }
    let model = try graph.quantized(on: samples)
    #expect(model.floatNodes.isEmpty)
    try expectClose(try Lowering.lower(model), graph, samples, decibels: 30)
  }
}
