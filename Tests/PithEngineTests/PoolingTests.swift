import PithGraph
import PithTestSupport
import Testing

@testable import PithEngine

struct PoolingCase: Sendable, CustomTestStringConvertible {
  var input: [Int]
  var window: Window
  var seed = 2

  var testDescription: String { "\(input), \(window)" }

  var operand: Tensor {
    var random = SeededRandom(seed: seed)
    return random.tensor([2, 3] + input)
  }

  static let all: [PoolingCase] = [
    PoolingCase(input: [28, 28], window: Window(kernel: [2, 2], strides: [2, 2])),
    PoolingCase(input: [7, 9], window: Window(kernel: [2, 2], strides: [2, 2])),
    PoolingCase(input: [7, 9], window: Window(kernel: [2, 2], strides: [2, 2], ceilMode: true)),
    PoolingCase(input: [7, 9], window: Window(kernel: [3, 3], strides: [2, 2], padding: ConvCase.same(1))),
    PoolingCase(
      input: [8, 11],
      window: Window(kernel: [3, 3], strides: [3, 2], padding: ConvCase.same(1), ceilMode: true)),
    PoolingCase(
      input: [6, 6],
      window: Window(kernel: [3, 3], strides: [4, 5], padding: ConvCase.same(1), ceilMode: true)),
    PoolingCase(input: [9, 8], window: Window(kernel: [3, 2], strides: [2, 3], padding: .sameUpper)),
    PoolingCase(input: [9, 8], window: Window(kernel: [4, 3], strides: [2, 3], padding: .sameLower)),
    PoolingCase(
      input: [12, 13],
      window: Window(kernel: [3, 2], strides: [1, 2], dilations: [2, 3], padding: ConvCase.same(1))),
    PoolingCase(
      input: [9, 10],
      window: Window(kernel: [3, 4], strides: [1, 1], padding: .explicit(begin: [2, 0], end: [1, 3]))),
    PoolingCase(input: [5, 5], window: Window(kernel: [5, 5])),
    PoolingCase(
      input: [90, 100], window: Window(kernel: [3, 3], strides: [1, 1], padding: ConvCase.same(1))),
    PoolingCase(input: [2, 4000], window: Window(kernel: [2, 3], strides: [1, 2])),
    PoolingCase(input: [20], window: Window(kernel: [3], strides: [2], padding: ConvCase.same(1, 1))),
    PoolingCase(
      input: [5, 6, 7], window: Window(kernel: [2, 3, 2], strides: [2, 1, 2], padding: ConvCase.same(1, 3))),
    PoolingCase(
      input: [5, 6, 7],
      window: Window(kernel: [3, 2, 2], strides: [2, 2, 2], padding: ConvCase.same(1, 3), ceilMode: true)),
  ]
}

@Suite struct PoolingTests {
  @Test(arguments: PoolingCase.all)
  func maximumAgreesWithDirectPooling(_ example: PoolingCase) throws {
    let op = MaxPool(window: example.window)
    let result = try op.evaluate([example.operand])
    expectClose(result[0], Reference.maxPool(op, Reference(example.operand)), tolerance: 0)
  }

  @Test(arguments: PoolingCase.all, [false, true])
  func averageAgreesWithDirectPooling(_ example: PoolingCase, countsPadding: Bool) throws {
    let op = AveragePool(window: example.window, countsPadding: countsPadding)
    let result = try op.evaluate([example.operand])
    expectClose(result[0], Reference.averagePool(op, Reference(example.operand)), tolerance: 1e-6)
  }

  @Test(arguments: [[1], [1, 1], [7, 9], [30, 40], [3, 4, 5]])
  func globalPoolsReduceEachMap(_ spatial: [Int]) throws {
    var random = SeededRandom(seed: 3)
    let x = random.tensor([2, 3] + spatial)
    let reference = Reference(x)
    let shape = [2, 3] + spatial.map { _ in 1 }
    func map(_ position: [Int]) -> [Double] {
      Reference.positions(spatial).map { reference[position.prefix(2) + $0] }
    }
    expectClose(
      try GlobalAveragePool().evaluate([x])[0],
      Reference(shape: shape) { map($0).reduce(0, +) / Double(map($0).count) })
    expectClose(
      try GlobalMaxPool().evaluate([x])[0],
      Reference(shape: shape) { map($0).max() ?? 0 }, tolerance: 0)
  }

  @Test func negativeMapsStayNegativeWherePadded() throws {
    let x = Tensor(shape: [1, 1, 2, 2], floats: [-3, -4, -5, -6])
    let op = MaxPool(window: Window(kernel: [3, 3], strides: [1, 1], padding: ConvCase.same(1)))
    #expect(try op.evaluate([x]) == [Tensor(shape: [1, 1, 2, 2], floats: [-3, -3, -3, -3])])
  }
}
