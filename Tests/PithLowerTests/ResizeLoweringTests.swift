import CPith
import PithEngine
import PithGraph
import PithTestSupport
import Testing

@testable import PithLower
@testable import PithPasses

/// Resampling in integers against the fp32 engine.
@Suite struct ResizeLoweringTests {
  struct Case: CustomTestStringConvertible {
    var op: Resize
    var input: [Int]
    var sizes: [Int]
    /// Whether bytes are only copied.
    var isCopy = false
    var testDescription: String { "\(input) to \(sizes), \(op)" }
  }

  static let cases: [Case] = [
    Case(op: Resize(mode: .nearest), input: [1, 5, 3, 4], sizes: [1, 5, 6, 8], isCopy: true),
    Case(
      op: Resize(mode: .nearest, coordinates: .asymmetric, nearest: .floor), input: [2, 3, 2, 3],
      sizes: [2, 3, 6, 3],
      isCopy: true),
    Case(
      op: Resize(mode: .nearest, coordinates: .asymmetric, nearest: .roundPreferFloor), input: [1, 3, 2, 3],
      sizes: [1, 3, 6, 9]),
    Case(op: Resize(mode: .nearest), input: [1, 4, 5, 5], sizes: [1, 4, 3, 7]),
    Case(op: Resize(mode: .linear), input: [1, 5, 3, 4], sizes: [1, 5, 6, 8]),
    Case(op: Resize(mode: .linear, coordinates: .alignCorners), input: [2, 3, 4, 4], sizes: [2, 3, 7, 5]),
    Case(op: Resize(mode: .linear, coordinates: .asymmetric), input: [1, 3, 9], sizes: [1, 3, 4]),
  ]

  @Test(arguments: cases) func isClose(_ example: Case) throws {
    var network = SmallNetwork(seed: 71)
    let x = network.input(example.input)
    let y = network.add(example.op, x, network.constant(Tensor(ints: example.sizes)))
    let graph = try network.built(y)
    var random = SeededRandom(seed: 72)
    let samples = (0..<3).map { _ in [random.tensor(example.input, in: -1...2)] }
    let model = try graph.quantized(on: samples)
    #expect(model.floatNodes.isEmpty, "\(model.floatNodes)")
    let program = try Lowering.lower(model)
    #expect(try program.opcodes().contains(PITH_OP_RESIZE) == !example.isCopy)
    let engine = try FloatEngine(graph)
    let expected = try samples.flatMap { try engine.run($0)[0].floats ?? [] }
    let actual = try program.outputs(samples).flatMap { $0[0] }
    let closeness = Closeness.decibels(actual, expected)
    #expect(closeness > 40, "\(closeness) dB")
  }
}
