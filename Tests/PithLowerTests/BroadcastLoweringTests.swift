import PithEngine
import PithGraph
import PithHost
import PithPasses
import PithTestSupport
import Testing

@testable import PithLower

/// Elementwise operators of two operands, however these meet.
@Suite struct BroadcastLoweringTests {
  struct Case: CustomTestStringConvertible {
    var a: [Int]
    var b: [Int]
    var isInteger = true
    var isConstant = false
    var testDescription: String { "\(a) with \(isConstant ? "constant " : "")\(b)" }
  }

  static let cases: [Case] =
    [
      Case(a: [2, 5, 3, 4], b: [2, 5, 3, 4]), Case(a: [2, 5, 3, 4], b: [2, 5, 1, 1]),
      Case(a: [2, 5, 3, 4], b: [1, 5, 1, 1]), Case(a: [2, 5, 3, 4], b: [5, 1, 1]),
      Case(a: [2, 5, 3, 4], b: [1]), Case(a: [1, 1, 1, 1], b: [2, 5, 3, 4]),
      Case(a: [1, 6, 1, 1], b: [1, 6, 4, 4]), Case(a: [3, 7], b: [3, 7]), Case(a: [3, 7], b: [1, 1]),
      Case(a: [2, 3, 8], b: [2, 3, 8]), Case(a: [2, 3, 8], b: [1, 3, 1]),
      Case(a: [2, 3, 4, 4], b: [2, 1, 4, 4]),
      Case(a: [2, 1, 4], b: [2, 3, 1], isInteger: false), Case(a: [4, 8], b: [8]),
    ]
    + [
      Case(a: [2, 5, 3, 4], b: [5, 1, 1], isConstant: true), Case(a: [2, 5, 3, 4], b: [1], isConstant: true),
      Case(a: [1, 5, 1, 1], b: [2, 5, 3, 4], isConstant: true),
      Case(a: [2, 5, 3, 4], b: [2, 5, 3, 4], isConstant: true),
      Case(a: [1, 5, 3, 4], b: [2, 5, 3, 4], isConstant: true),
      Case(a: [2, 6, 5], b: [6, 1], isConstant: true),
    ]

  enum Kind: String, CaseIterable {
    case add, addRelu, sub, mul

    var op: any Operator {
      switch self {
      case .add: Add()
      case .addRelu: Add(activation: .relu)
      case .sub: Sub()
      case .mul: Mul()
      }
    }
  }

  @Test(arguments: cases, Kind.allCases)
  func agreesWithTheFloatEngine(_ shapes: Case, kind: Kind) throws {
    for isSwapped in [false, true] {
      var network = SmallNetwork(seed: 11)
      let a = network.input(shapes.a, "a")
      let b = shapes.isConstant ? network.constant(shapes.b, in: 0.3...0.9) : network.input(shapes.b, "b")
      let y = isSwapped ? network.add(kind.op, b, a) : network.add(kind.op, a, b)
      let graph = try network.built(y)
      var random = SeededRandom(seed: 12)
      let samples = (0..<3).map { _ in
        shapes.isConstant
          ? [random.tensor(shapes.a)] : [random.tensor(shapes.a), random.tensor(shapes.b, in: -0.2...0.8)]
      }
      let model = try graph.quantized(on: samples)
      #expect(model.floatNodes.isEmpty == shapes.isInteger, "\(model.floatNodes.map(\.reason))")
      let engine = try FloatEngine(graph)
      let expected = try samples.flatMap { try engine.run($0)[0].floats ?? [] }
      let outputs = try Lowering.lower(model).outputs(samples).flatMap { $0[0] }
      #expect(Closeness.decibels(outputs, expected) > 36)
    }
  }
}
