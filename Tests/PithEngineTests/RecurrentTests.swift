import Foundation
import PithGraph
import PithTestSupport
import Testing

@testable import PithEngine

struct RecurrentCase: Sendable, CustomTestStringConvertible {
  var op: any Recurrent
  var steps = 5
  var batch = 3
  var inputs = 4
  var hasBias = true
  var hasState = false
  var lengths: [Int]?
  var hasPeepholes = false
  var testDescription: String {
    "\(op), \(steps)×\(batch)×\(inputs), bias \(hasBias), state \(hasState), lengths \(lengths ?? [])"
  }

  static let all: [RecurrentCase] = [
    RecurrentCase(op: RNN(hiddenSize: 6)),
    RecurrentCase(op: RNN(hiddenSize: 6, direction: .reverse, activations: [.relu]), hasState: true),
    RecurrentCase(op: RNN(hiddenSize: 1, direction: .bidirectional), steps: 1, batch: 1, inputs: 1),
    RecurrentCase(op: RNN(hiddenSize: 20, clip: 0.3), batch: 20, inputs: 40, hasBias: false),
    RecurrentCase(
      op: RNN(hiddenSize: 3, direction: .bidirectional, activations: [.softsign, .softplus]),
      lengths: [0, 2, 5]),
    RecurrentCase(op: GRU(hiddenSize: 6)),
    RecurrentCase(op: GRU(hiddenSize: 6, linearBeforeReset: true), hasState: true),
    RecurrentCase(
      op: GRU(hiddenSize: 5, direction: .bidirectional, linearBeforeReset: true), hasState: true,
      lengths: [5, 1, 3]),
    RecurrentCase(
      op: GRU(
        hiddenSize: 4, direction: .reverse,
        activations: [.hardSigmoid(alpha: 0.2, beta: 0.5), .scaledTanh(alpha: 1.2, beta: 0.7)], clip: 0.5),
      hasBias: false),
    RecurrentCase(op: LSTM(hiddenSize: 6)),
    RecurrentCase(op: LSTM(hiddenSize: 6, direction: .bidirectional), hasState: true, lengths: [2, 5, 4]),
    RecurrentCase(op: LSTM(hiddenSize: 7, clip: 0.4), hasState: true, hasPeepholes: true),
    RecurrentCase(
      op: LSTM(
        hiddenSize: 3, direction: .reverse,
        activations: [.affine(alpha: 0.3, beta: 0.1), .elu(alpha: 0.5), .leakyRelu(alpha: 0.1)],
        couplesInputForget: true), hasState: true),
    RecurrentCase(
      op: LSTM(hiddenSize: 2, activations: [.thresholdedRelu(alpha: 0.1), .tanh, .tanh]), steps: 0),
  ]
}

@Suite struct RecurrentTests {
  @Test(arguments: RecurrentCase.all)
  func layersAgreeWithTheirDefinition(_ example: RecurrentCase) throws {
    var random = SeededRandom(seed: 77)
    let op = example.op
    let (cells, hidden) = (op.direction.count, op.hiddenSize)
    let rows = type(of: op).gateCount * hidden
    let state = [cells, example.batch, hidden]
    let isLSTM = op is LSTM
    let inputs: [Tensor?] = [
      random.tensor([example.steps, example.batch, example.inputs]),
      random.tensor([cells, rows, example.inputs]), random.tensor([cells, rows, hidden]),
      example.hasBias ? random.tensor([cells, 2 * rows]) : nil,
      example.lengths.map { Tensor(shape: [$0.count], storage: .int32($0.map(Int32.init))) },
      example.hasState ? random.tensor(state) : nil, example.hasState && isLSTM ? random.tensor(state) : nil,
      example.hasPeepholes ? random.tensor([cells, 3 * hidden]) : nil,
    ]
    let operands = Array(inputs.prefix(isLSTM ? 8 : 6))
    let actual = try #require(op as? any Executable).evaluate(operands)
    let expected = RecurrentReference(op, operands).run()
    #expect(actual.count == (isLSTM ? 3 : 2))
    for (result, reference) in zip(actual, expected) { expectClose(result, reference, tolerance: 1e-4) }
  }

  @Test func anyNumberOfThreadsGivesTheSameBits() throws {
    var random = SeededRandom(seed: 78)
    let op = LSTM(hiddenSize: 32, direction: .bidirectional)
    let operands: [Tensor?] = [
      random.tensor([20, 16, 24]), random.tensor([2, 128, 24]), random.tensor([2, 128, 32]),
    ]
    let before = Parallelism.threadCount
    defer { Parallelism.threadCount = before }
    Parallelism.threadCount = 1
    let alone = try op.evaluate(operands)
    Parallelism.threadCount = 4
    #expect(try op.evaluate(operands) == alone)
  }

  @Test func illegalLengthsAreRefused() throws {
    let zeros = { (shape: [Int]) in
      Tensor(shape: shape, floats: Array(repeating: 0, count: shape.reduce(1, *)))
    }
    #expect(throws: GraphError.self) {
      try RNN(hiddenSize: 1).evaluate([
        zeros([2, 1, 1]), zeros([1, 1, 1]), zeros([1, 1, 1]), nil, Tensor(shape: [1], storage: .int32([3])),
      ])
    }
  }

  @Test(arguments: [
    (shape: [3, 8], axis: -1, scale: [8], bias: [8]), (shape: [2, 3, 4], axis: 1, scale: [3, 4], bias: []),
    (shape: [2, 3, 5], axis: -2, scale: [5], bias: [1]), (shape: [70, 33], axis: 1, scale: [1], bias: [33]),
  ])
  func layerNormalizationAgreesWithItsDefinition(
    _ example: (shape: [Int], axis: Int, scale: [Int], bias: [Int])
  ) throws {
    var random = SeededRandom(seed: 79)
    let x = random.tensor(example.shape)
    let scale = random.tensor(example.scale)
    let bias = example.bias.isEmpty ? nil : random.tensor(example.bias)
    let op = LayerNormalization(axis: example.axis, epsilon: 1e-3)
    let first = example.axis < 0 ? example.axis + example.shape.count : example.axis
    let source = Reference(x)
    let inner = example.shape[first...].reduce(1, *)
    let expected = Reference(shape: example.shape) { position in
      var start = 0
      for axis in example.shape.indices {
        start = start * example.shape[axis] + (axis < first ? position[axis] : 0)
      }
      let row = source.values[start..<(start + inner)]
      let mean = row.reduce(0, +) / Double(inner)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(inner)
      let value = (source[position] - mean) / (variance + Double(op.epsilon)).squareRoot()
      return value * Reference(scale).broadcastElement(position)
        + (bias.map { Reference($0).broadcastElement(position) } ?? 0)
    }
    expectClose(try op.evaluate([x, scale, bias])[0], expected, tolerance: 1e-4)
  }
}
