import PithGraph
import PithTestSupport
import Testing

@testable import PithEngine

/// An operator that can be run, but not gone back over.
private struct Opaque: Executable {
  static let name = "Opaque"
  static let operandCount = 1...1
  func inferTypes(_ operands: Operands) throws -> [ValueType] { [try operands.type(0)] }
  func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] { [try inputs.tensor(0)] }
}

@Suite struct GradientEngineTests {
  // MARK: Memory

  @Test func onlyWhatGradientsReadIsKept() throws {
    var b = NetworkBuilder(seed: 70)
    let x = b.graph.addInput("x", ValueType(.float32, [2, 2, 6, 6]))
    let first = b.conv(x, 2, 4)
    let normalized = b.batchNorm(first, 4)
    let active = b.add(Relu(), normalized)
    let second = b.conv(active, 4, 4)
    let output = b.add(Flatten(), b.add(GlobalAveragePool(), second))
    b.graph.markOutput(output)
    let engine = try GradientEngine(b.graph, parameters: b.parameters)
    let input = SeededRandom.tensor([2, 2, 6, 6], seed: 71)
    var tape = try engine.forward([input], Weights(b.graph))
    func isKept(_ id: ValueID) -> Bool { tape.values[id.index] != nil }
    // Batch norm reads what it normalized; the second convolution Relu's output.
    #expect([x, first, active, output].allSatisfy(isKept))
    #expect(![normalized, second].contains(where: isKept))

    var held: [Int] = []
    let cotangents = NetworkGradientTests.cotangents(tape.outputs)
    _ = try engine.backward(&tape, outputGradients: cotangents) { held.append($0.heldCount) }
    // Flatten and the pool keep nothing; the second convolution's operand is Relu's output; then batch norm, of which Relu
    // has become a part, and the first convolution let go of one each.
    #expect(held == [3, 3, 2, 1, 0])
    #expect(tape.heldBytes == 0)
  }

  @Test func frozenLayersKeepNothing() throws {
    var b = NetworkBuilder(seed: 72)
    let x = b.graph.addInput("x", ValueType(.float32, [2, 2, 6, 6]))
    var y = b.add(Relu(), b.conv(b.add(Relu(), b.conv(x, 2, 4)), 4, 4))
    y = b.add(Flatten(), y)
    b.graph.markOutput(b.dense(y, 144, 3))
    let engine = try GradientEngine(b.graph, parameters: Array(b.parameters.suffix(2)))
    let tape = try engine.forward([SeededRandom.tensor([2, 2, 6, 6], seed: 73)], Weights(b.graph))
    // The last layer's operand, and the output.
    #expect(tape.heldCount == 2)
    let frozen = try GradientEngine(b.graph, parameters: [])
      .forward([SeededRandom.tensor([2, 2, 6, 6], seed: 73)], Weights(b.graph))
    #expect(frozen.heldCount == 1)
  }

  @Test func weightsChangeInPlaceAfterTheBackwardPass() throws {
    let network = SmallNetwork.all[0]
    var weights = Weights(network.graph)
    let engine = try GradientEngine(network.graph, parameters: network.parameters)
    func address(_ id: ValueID) -> UnsafePointer<Float>? {
      weights[id]?.floats?.withUnsafeBufferPointer { $0.baseAddress }
    }
    // The graph holds the constants too, so that the first change copies.
    for id in network.parameters { weights.update(id) { $0[0] += 1 } }
    let before = network.parameters.map(address)
    var tape = try engine.forward([network.input], weights)
    _ = try engine.backward(&tape, outputGradients: NetworkGradientTests.cotangents(tape.outputs))
    for id in network.parameters { weights.update(id) { $0[0] += 1 } }
    #expect(network.parameters.map(address) == before)
    _ = tape
  }

  static let inPlace: [(any Differentiable, [Tensor])] = {
    let x = SeededRandom.tensor([4, 6], seed: 74)
    let channels = (0..<4).map { _ in SeededRandom.tensor([6], in: 0.5...1, seed: 75) }
    return [
      (Relu(), [x]), (Sigmoid(), [x]), (Tanh(), [x]), (HardSwish(), [x]), (Softmax(), [x]), (Dropout(), [x]),
      (Reshape(), [x, Tensor(ints: [24])]), (BatchNormalization(), [x] + channels), (Add(), [x, x]),
      (Gemm(activation: .relu), [x, SeededRandom.tensor([6, 6], seed: 76), x]),
    ]
  }()

  @Test(arguments: inPlace.indices)
  func gradientsAreWrittenOverWhereNobodyElseHoldsThem(_ index: Int) throws {
    let (op, operands) = Self.inPlace[index]
    var inputs: [Tensor?] = operands
    let context = TrainingContext(isTraining: true, seed: 1, statisticsMomentum: 0.1)
    let forward = try op.evaluateForTraining(consuming: &inputs, context)
    var address: UnsafePointer<Float>?
    func cotangent() -> Tensor {
      let tensor = SeededRandom.tensor(forward.outputs[0].shape, seed: 77)
      address = tensor.floats?.withUnsafeBufferPointer { $0.baseAddress }
      return tensor
    }
    // The last operand is the one with the output's shape.
    let last = op is Gemm ? 2 : 0
    var pass = BackwardPass(
      inputs: operands, inputShapes: operands.map(\.shape), outputs: forward.outputs,
      outputShapes: forward.outputs.map(\.shape), outputGradients: [cotangent()],
      needed: operands.indices.map { $0 == last }, residual: forward.residual)
    let results = try op.gradients(&pass)
    let result = try #require(results[last]?.floats)
    #expect(result.withUnsafeBufferPointer { $0.baseAddress } == address, "\(op.name)")
  }

  // MARK: Errors

  private static func graph(_ build: (inout NetworkBuilder, ValueID) -> ValueID) -> NetworkBuilder {
    var b = NetworkBuilder(seed: 78)
    let x = b.graph.addInput("x", ValueType(.float32, [2, 3]))
    let y = build(&b, x)
    b.graph.markOutput(y)
    return b
  }

  private static func message(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing was thrown"
    } catch let error as GraphError {
      return "\(error.node ?? ""): \(error.message)"
    } catch {
      return "\(error)"
    }
  }

  @Test func whatCannotBeTrainedIsNamed() throws {
    let opaque = Self.graph { b, x in b.add(Opaque(), b.dense(x, 3, 3)) }
    #expect(
      Self.message { _ = try GradientEngine(opaque.graph, parameters: opaque.parameters) }.contains(
        "Opaque: Opaque has no gradient"))
    // Where no gradient has to pass, it is no obstacle.
    let before = Self.graph { b, x in b.dense(b.add(Opaque(), x), 3, 3) }
    #expect(throws: Never.self) { try GradientEngine(before.graph, parameters: before.parameters) }
    let wide = Self.graph { b, x in b.add(Cast(to: .float64), b.dense(x, 3, 3)) }
    #expect(
      Self.message { _ = try GradientEngine(wide.graph, parameters: wide.parameters) }.contains("float64"))
    var integer = Self.graph { b, x in b.dense(x, 3, 3) }
    let id = integer.graph.addConstant("count", Tensor(ints: [1]))
    #expect(
      Self.message { _ = try GradientEngine(integer.graph, parameters: [id]) }.contains(
        "'count' is no float32 constant"))
    #expect(
      Self.message { _ = try GradientEngine(integer.graph, parameters: [integer.graph.inputs[0]]) }.contains(
        "'x' is no float32 constant"))
  }

  @Test func wrongGradientsAreRefused() throws {
    let b = Self.graph { b, x in b.dense(x, 3, 4) }
    let engine = try GradientEngine(b.graph, parameters: b.parameters)
    let x = SeededRandom.tensor([2, 3], seed: 79)
    func message(_ gradients: [Tensor?]) -> String {
      Self.message {
        var tape = try engine.forward([x], Weights(b.graph))
        _ = try engine.backward(&tape, outputGradients: gradients)
      }
    }
    #expect(message([]).contains("1 outputs, but 0 gradients"))
    #expect(message([.zeros([2, 3])]).contains("but float32[2, 4] is needed"))
    #expect(message([Tensor(shape: [2, 4], ints: Array(0..<8))]).contains("is int64[2, 4]"))
    #expect(
      Self.message {
        var tape = try engine.forward([x], Weights(b.graph))
        _ = try engine.backward(&tape, outputGradients: [nil])
        _ = try engine.backward(&tape, outputGradients: [nil])
      }.contains("used up"))
    #expect(Self.message { _ = try engine.forward([.zeros([3, 3])], Weights(b.graph)) }.contains("'x'"))
  }

  @Test func whatHasNoInfluenceHasNoGradient() throws {
    var b = Self.graph { b, x in b.add(Relu(), b.dense(x, 3, 3)) }
    let unread = b.parameter([3])
    // Integers carry no slope.
    let rounded = b.add(
      Cast(to: .float32), b.add(Cast(to: .int64), b.add(Mul(), b.graph.inputs[0], b.parameter([3]))))
    b.graph.markOutput(rounded)
    let engine = try GradientEngine(b.graph, parameters: b.parameters)
    var tape = try engine.forward([SeededRandom.tensor([2, 3], seed: 80)], Weights(b.graph))
    let gradients = try engine.backward(&tape, outputGradients: [.zeros([2, 3]), .zeros([2, 3])])
    #expect(gradients.map { $0 == nil } == [false, false, true, true])
    #expect(b.parameters[2] == unread)
    // An output without a gradient is like one of zeros.
    var again = try engine.forward([SeededRandom.tensor([2, 3], seed: 80)], Weights(b.graph))
    #expect(try engine.backward(&again, outputGradients: [nil, nil]) == [nil, nil, nil, nil])
  }

  // MARK: Parameters

  @Test func layersHaveTheParameters() throws {
    var b = NetworkBuilder(seed: 81)
    let x = b.graph.addInput("x", ValueType(.float32, [2, 2, 4, 4]))
    let mean = b.graph.addConstant("preprocessing mean", Tensor(0.5))
    let centred = b.add(Sub(), x, mean)
    var y = b.add(Relu(), b.batchNorm(b.conv(centred, 2, 4, hasBias: true), 4))
    let shift = b.graph.addConstant("no bias", Tensor(1))
    y = b.add(Flatten(), b.add(Add(), y, shift))
    y = b.dense(y, 64, 3)
    // Weights as an exporter leaves them that does not fold constants.
    let product = b.add(MatMul(), y, b.add(Transpose(), b.parameter([5, 3])))
    b.graph.markOutput(b.add(Add(), b.parameter([5]), product))
    #expect(b.graph.trainableParameters() == b.parameters)
  }
}
