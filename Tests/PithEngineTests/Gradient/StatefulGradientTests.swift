import PithGraph
import PithTestSupport
import Testing

@testable import PithEngine

/// Batch norm's running averages and dropout's masks.
@Suite struct StatefulGradientTests {
  private static func normalize(
    _ shape: [Int], momentum: Float, isTraining: Bool = true
  ) throws -> (x: Reference, old: [Tensor], result: TrainingOutputs) {
    let x = SeededRandom.tensor(shape, in: -2...3, seed: 90)
    let parameters =
      (0..<3).map { SeededRandom.tensor([shape[1]], seed: 91 + $0) }
      + [SeededRandom.tensor([shape[1]], in: 0.5...2, seed: 94)]
    var inputs: [Tensor?] = [x] + parameters
    let context = TrainingContext(isTraining: isTraining, seed: 0, statisticsMomentum: momentum)
    let result = try BatchNormalization().evaluateForTraining(consuming: &inputs, context)
    return (Reference(x), parameters, result)
  }

  @Test(arguments: [[4, 3, 5, 2], [6, 2], [2, 3, 7]], [Float(0.1), 0.25, 1, 0])
  func averagesMoveTowardsTheBatch(_ shape: [Int], momentum: Float) throws {
    let (x, old, result) = try Self.normalize(shape, momentum: momentum)
    let (means, variances) = x.channelStatistics()
    let count = Double(x.values.count / shape[1])
    let m = Double(momentum)
    func average(_ old: Tensor, _ new: [Double]) -> Reference {
      Reference(shape: [shape[1]], values: zip(Reference(old).values, new).map { (1 - m) * $0 + m * $1 })
    }
    #expect(result.statistics.keys.sorted() == [3, 4])
    expectClose(try #require(result.statistics[3]), average(old[2], means), tolerance: 1e-6)
    // The average of the variance is of the unbiased one.
    expectClose(
      try #require(result.statistics[4]), average(old[3], variances.map { $0 * count / (count - 1) }),
      tolerance: 1e-6)
  }

  @Test func frozenAveragesAndLoneElementsTeachNothing() throws {
    #expect(try Self.normalize([4, 3, 5], momentum: 0.1, isTraining: false).result.statistics.isEmpty)
    let (_, old, result) = try Self.normalize([1, 3], momentum: 0.1)
    #expect(result.statistics.isEmpty)
    #expect(result.outputs == [old[1].reshaped([1, 3])])
  }

  @Test func statisticsAreNamedByTheirConstants() throws {
    let network = SmallNetwork.all[0]
    let engine = try GradientEngine(network.graph, parameters: network.parameters)
    let tape = try engine.forward([network.input], Weights(network.graph), statisticsMomentum: 1)
    let names = tape.statistics.map { network.graph[$0.id].name }
    #expect(names == Array(repeating: ["mean", "variance"], count: 4).flatMap(\.self))
    #expect(tape.statistics.allSatisfy { network.graph[$0.id].type?.shape.sizes == $0.value.shape })
  }

  private static func mask(_ count: Int, seed: UInt64, ratio: Float) throws -> [Float] {
    var inputs: [Tensor?] = [
      Tensor(shape: [count], floats: Array(repeating: 1, count: count)), Tensor(ratio),
    ]
    let context = TrainingContext(isTraining: true, seed: seed, statisticsMomentum: 0.1)
    return try Dropout().evaluateForTraining(consuming: &inputs, context).outputs[0].floats ?? []
  }

  @Test(arguments: [Float(0.1), 0.5, 0.75])
  func dropoutKeepsItsShareAndTheMean(_ ratio: Float) throws {
    let count = 100_000
    let mask = try Self.mask(count, seed: 5, ratio: ratio)
    let scale = 1 / (1 - ratio)
    #expect(mask.allSatisfy { $0 == 0 || abs($0 - scale) <= 1e-6 * scale })
    let kept = Double(mask.count { $0 != 0 })
    let expected = Double(1 - ratio) * Double(count)
    #expect(abs(kept - expected) < 5 * (expected * Double(ratio)).squareRoot())
    // Neighbours are dropped independently of each other.
    let pairs = Double((1..<count).count { mask[$0] != 0 && mask[$0 - 1] != 0 })
    let both = expected * Double(1 - ratio)
    #expect(abs(pairs - both) < 6 * both.squareRoot())
  }

  @Test func masksFollowFromTheSeed() throws {
    let mask = try Self.mask(1000, seed: 7, ratio: 0.5)
    #expect(try Self.mask(1000, seed: 7, ratio: 0.5) == mask)
    for other: UInt64 in [6, 8, 7 << 32] {
      let agreeing = zip(try Self.mask(1000, seed: other, ratio: 0.5), mask).count { $0 == $1 }
      #expect((400...600).contains(agreeing))
    }
  }

  @Test func nodesAndStepsDrawDifferentMasks() throws {
    var b = NetworkBuilder(seed: 95)
    let x = b.graph.addInput("x", ValueType(.float32, [1, 1000]))
    let (first, second) = (b.add(Dropout(), x), b.add(Dropout(), x))
    b.graph.markOutput(first)
    b.graph.markOutput(second)
    let engine = try GradientEngine(b.graph, parameters: [])
    let ones = Tensor(shape: [1, 1000], floats: Array(repeating: 1, count: 1000))
    func run(_ seed: UInt64, _ isTraining: Bool = true) throws -> [Tensor] {
      try engine.forward([ones], Weights(b.graph), isTraining: isTraining, seed: seed).outputs
    }
    let step = try run(1)
    #expect(step[0] != step[1])
    #expect(try run(1) == step)
    #expect(try run(2)[0] != step[0])
    #expect(try run(1, false) == [ones, ones])
  }

  @Test func maskIsGivenWhereItIsAskedFor() throws {
    var inputs: [Tensor?] = [Tensor(shape: [64], floats: Array(repeating: 3, count: 64))]
    let context = TrainingContext(isTraining: true, seed: 3, statisticsMomentum: 0.1, outputCount: 2)
    let outputs = try Dropout().evaluateForTraining(consuming: &inputs, context).outputs
    let kept = outputs[0].floats?.map { $0 != 0 }
    #expect(outputs.count == 2 && kept.map { outputs[1] == Tensor(shape: [64], storage: .bool($0)) } == true)
  }

  @Test(arguments: [Float(1), -0.1, .nan, 2])
  func impossibleRatiosAreRefused(_ ratio: Float) {
    #expect(throws: GraphError.self) { try Self.mask(4, seed: 0, ratio: ratio) }
  }
}

extension ParallelismTests {
  @Test func gradientsDoNotDependOnTheNumberOfThreads() throws {
    let before = Parallelism.threadCount
    defer { Parallelism.threadCount = before }
    var random = SeededRandom(seed: 96)
    // Large enough to be shared out.
    let large = GradientCase(
      "large", Conv(padding: ConvCase.same(1)),
      [random.tensor([20, 8, 24, 24]), random.tensor([16, 8, 3, 3]), random.tensor([16])]
    ) { _ in [] }
    let cases =
      [large] + GradientCase.convolutions + GradientCase.batchNormalizations + GradientCase.operations
      + GradientCase.functions + GradientCase.softmaxes + GradientCase.gathers + GradientCase.dropouts
      + GradientCase.maximumPools + GradientCase.averagePools + GradientCase.products
    func results() throws -> [Tensor?] {
      let single = try cases.flatMap { example in
        var inputs = example.operands
        let context = TrainingContext(
          isTraining: example.isTraining, seed: GradientCase.seed, statisticsMomentum: 0.1)
        let outputs = try example.op.evaluateForTraining(consuming: &inputs, context).outputs
        return try example.gradients(
          NetworkGradientTests.cotangents(outputs), of: example.differentiated) + outputs
      }
      let networks = try SmallNetwork.all.flatMap { network in
        let engine = try GradientEngine(network.graph, parameters: network.parameters)
        var tape = try engine.forward([network.input], Weights(network.graph))
        return try engine.backward(&tape, outputGradients: NetworkGradientTests.cotangents(tape.outputs))
      }
      return single + networks
    }
    Parallelism.threadCount = 1
    let alone = try results()
    for threads in [2, 5] {
      Parallelism.threadCount = threads
      #expect(try results() == alone)
    }
  }
}
