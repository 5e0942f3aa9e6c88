import Glibc
import PithGraph
import PithTestSupport
import Testing

@testable import PithEngine

/// A function of one number, as an operator and as it is defined.
struct UnaryCase: Sendable, CustomTestStringConvertible {
  var op: any Executable
  var function: @Sendable (Double) -> Double
  var testDescription: String { op.name }

  static let all: [UnaryCase] = [
    UnaryCase(op: Relu()) { max(0, $0) },
    UnaryCase(op: LeakyRelu(alpha: 0.125)) { $0 < 0 ? 0.125 * $0 : $0 },
    UnaryCase(op: Sigmoid()) { 1 / (1 + exp(-$0)) },
    UnaryCase(op: Tanh()) { tanh($0) },
    UnaryCase(op: HardSigmoid(alpha: 0.25, beta: 0.375)) { max(0, min(1, 0.25 * $0 + 0.375)) },
    UnaryCase(op: HardSwish()) { $0 * max(0, min(1, $0 / 6 + 0.5)) },
    UnaryCase(op: Identity()) { $0 },
  ]
}

struct BroadcastCase: Sendable, CustomTestStringConvertible {
  var a: [Int]
  var b: [Int]
  var testDescription: String { "\(a) and \(b)" }

  static let all: [BroadcastCase] = [
    BroadcastCase(a: [2, 3, 4], b: [2, 3, 4]), BroadcastCase(a: [], b: []),
    BroadcastCase(a: [5], b: []), BroadcastCase(a: [], b: [5]),
    BroadcastCase(a: [2, 3, 4, 5], b: [3, 1, 1]), BroadcastCase(a: [3, 1, 1], b: [2, 3, 4, 5]),
    BroadcastCase(a: [2, 3, 4], b: [4]), BroadcastCase(a: [2, 1, 4], b: [3, 1]),
    BroadcastCase(a: [4, 1], b: [1, 5]), BroadcastCase(a: [2, 3, 1, 4], b: [1, 3, 5, 1]),
    BroadcastCase(a: [300, 500], b: [300, 500]), BroadcastCase(a: [300, 500], b: [300, 1]),
    BroadcastCase(a: [0, 3], b: [1, 3]), BroadcastCase(a: [1], b: [2, 0]),
  ]
}

/// An elementwise operator of two operands, as it is defined on real numbers.
struct BinaryCase: Sendable, CustomTestStringConvertible {
  var op: any Executable
  var function: @Sendable (Double, Double) -> Double
  var testDescription: String { op.name }

  static let all: [BinaryCase] = [
    BinaryCase(op: Add()) { $0 + $1 }, BinaryCase(op: Sub()) { $0 - $1 },
    BinaryCase(op: Mul()) { $0 * $1 }, BinaryCase(op: Div()) { $0 / $1 },
  ]
}

@Suite struct ElementwiseTests {
  @Test(arguments: UnaryCase.all)
  func functionsAgreeWithTheirDefinition(_ example: UnaryCase) throws {
    var random = SeededRandom(seed: 4)
    let special: [Float] = [0, -0.0, 1, -1, 3, -3, 50, -50, 1000, -1000, 1e-6, -1e-6, 1e-20]
    let values = special + random.floats(20_000, in: -12...12) + random.floats(500, in: -0.01...0.01)
    let x = Tensor(shape: [values.count], floats: values)
    let result = try #require(try example.op.evaluate([x])[0].floats)
    for (value, actual) in zip(values, result) {
      let expected = example.function(Double(value))
      let isClose = abs(Double(actual) - expected) <= 1e-6 * abs(expected) + 1e-30
      if !isClose { Issue.record("\(example.op.name)(\(value)) is \(actual), not \(expected)") }
    }
    #expect(result.count == values.count)
  }

  @Test(arguments: UnaryCase.all)
  func notANumberStays(_ example: UnaryCase) throws {
    #expect(try example.op.evaluate([Tensor(.nan)])[0].floats?[0].isNaN == true)
  }

  @Test(arguments: BinaryCase.all, BroadcastCase.all)
  func operationsBroadcast(_ example: BinaryCase, _ shapes: BroadcastCase) throws {
    var random = SeededRandom(seed: 5)
    let (a, b) = (random.tensor(shapes.a), random.tensor(shapes.b, in: 0.5...2))
    let shape = try #require(try Shape.broadcast(Shape(shapes.a), Shape(shapes.b)).sizes)
    let (x, y) = (Reference(a), Reference(b))
    expectClose(
      try example.op.evaluate([a, b])[0],
      Reference(shape: shape) { example.function(x.broadcastElement($0), y.broadcastElement($0)) },
      tolerance: 1e-6)
  }

  @Test(arguments: BinaryCase.all, [ElementType.float64, .int64, .int32, .int8, .uint8])
  func operationsAreDefinedOnEveryNumber(_ example: BinaryCase, _ element: ElementType) throws {
    let a = try Cast(to: element).evaluate([Tensor(shape: [2, 3], ints: [9, 8, 7, 6, 5, 40])])[0]
    let b = try Cast(to: element).evaluate([Tensor(ints: [1, 2, 3])])[0]
    let (x, y) = (Reference(a), Reference(b))
    let result = try example.op.evaluate([a, b])[0]
    #expect(result.element == element)
    expectClose(
      result,
      Reference(shape: [2, 3]) {
        let value = example.function(x.broadcastElement($0), y.broadcastElement($0))
        return element.isFloatingPoint ? value : value.rounded(.towardZero)
      }, tolerance: 1e-15)
  }

  @Test(arguments: [Activation.relu, .clip(-0.5, 0.25)])
  func sumsEndInTheirActivation(_ activation: Activation) throws {
    var random = SeededRandom(seed: 6)
    let (a, b) = (random.tensor([2, 3, 4]), random.tensor([3, 1]))
    let (x, y) = (Reference(a), Reference(b))
    expectClose(
      try Add(activation: activation).evaluate([a, b])[0],
      Reference(shape: [2, 3, 4]) {
        Reference.activated(x.broadcastElement($0) + y.broadcastElement($0), activation)
      }, tolerance: 1e-6)
  }

  @Test func integersWrapAndTruncate() throws {
    #expect(try Add().evaluate([Tensor(ints: [.max]), Tensor(ints: [1])]) == [Tensor(ints: [.min])])
    #expect(try Mul().evaluate([Tensor(ints: [.max]), Tensor(ints: [2])]) == [Tensor(ints: [-2])])
    #expect(
      try Div().evaluate([Tensor(ints: [-7, .min]), Tensor(ints: [2, -1])]) == [Tensor(ints: [-3, .min])])
  }

  @Test func clipsToOptionalBounds() throws {
    let x = Tensor(shape: [5], floats: [-2, -1, 0, 1, 2])
    func clipped(_ low: Float?, _ high: Float?) throws -> [Float]? {
      try Clip().evaluate([x, low.map { Tensor($0) }, high.map { Tensor($0) }])[0].floats
    }
    #expect(try clipped(-1, 1) == [-1, -1, 0, 1, 1])
    #expect(try clipped(nil, 1) == [-2, -1, 0, 1, 1])
    #expect(try clipped(-1, nil) == [-1, -1, 0, 1, 2])
    #expect(try clipped(nil, nil) == x.floats)
    // Where the bounds cross, the upper one wins.
    #expect(try clipped(1, -1) == [-1, -1, -1, -1, -1])
    let integers = Tensor(ints: [-9, 0, 9])
    #expect(
      try Clip().evaluate([integers, Tensor(shape: [], ints: [-5]), Tensor(shape: [], ints: [5])])
        == [Tensor(ints: [-5, 0, 5])])
    let bytes = Tensor(shape: [3], storage: .uint8([0, 7, 200]))
    #expect(
      try Clip().evaluate([bytes, nil, Tensor(shape: [], storage: .uint8([9]))])
        == [Tensor(shape: [3], storage: .uint8([0, 7, 9]))])
  }
}
