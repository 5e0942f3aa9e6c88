import PithEngine
import PithGraph
import PithTestSupport
import PithTrain
import Testing

/// An optimizer whose steps PyTorch has recorded (`tools/fixtures/training.py`).
struct OptimizerCase: Sendable, CustomTestStringConvertible {
  var name: String
  var options: OptimizerOptions
  var weightDecay = 0.0
  var l1 = 0.0
  var clipNorm: Double?

  var testDescription: String { name }

  static let all: [OptimizerCase] = [
    OptimizerCase(name: "sgd", options: OptimizerOptions(.sgd, learningRate: 0.1)),
    OptimizerCase(name: "sgd_decay", options: OptimizerOptions(.sgd, learningRate: 0.1), weightDecay: 0.1),
    OptimizerCase(name: "sgd_l1", options: OptimizerOptions(.sgd, learningRate: 0.1), l1: 0.05),
    OptimizerCase(name: "sgd_clipped", options: OptimizerOptions(.sgd, learningRate: 0.1), clipNorm: 0.5),
    OptimizerCase(
      name: "momentum", options: OptimizerOptions(.momentum, learningRate: 0.1), weightDecay: 0.01),
    OptimizerCase(
      name: "nesterov", options: OptimizerOptions(.nesterov, learningRate: 0.1, momentum: 0.8),
      weightDecay: 0.01),
    OptimizerCase(name: "adagrad", options: OptimizerOptions(.adagrad, learningRate: 0.1), weightDecay: 0.01),
    OptimizerCase(
      name: "rmsprop", options: OptimizerOptions(.rmsprop, learningRate: 0.01), weightDecay: 0.01),
    OptimizerCase(
      name: "rmsprop_momentum", options: OptimizerOptions(.rmsprop, learningRate: 0.01, momentum: 0.9)),
    OptimizerCase(name: "adam", options: OptimizerOptions(.adam, learningRate: 0.01)),
    OptimizerCase(
      name: "adam_decay",
      options: OptimizerOptions(.adam, learningRate: 0.01, beta1: 0.8, beta2: 0.95, epsilon: 1e-6),
      weightDecay: 0.1, clipNorm: 1),
    OptimizerCase(name: "adamw", options: OptimizerOptions(.adamw, learningRate: 0.01), weightDecay: 0.1),
  ]
}

@Suite struct OptimizerTests {
  @Test(arguments: OptimizerCase.all) func takesPyTorchsSteps(_ example: OptimizerCase) throws {
    let arrays = try NPZFixture.read(ModelFixture.folder + "/training/optimizers.npz")
    let recorded = try (0..<2).map { try #require(arrays["\(example.name).\($0)"]) }
    let given = try (0..<2).map { try #require(arrays["gradient\($0)"]) }
    func row(_ tensor: Tensor, _ index: Int) -> Tensor {
      let shape = Array(tensor.shape.dropFirst())
      let count = shape.reduce(1, *)
      return Tensor(
        shape: shape, floats: Array((tensor.floats ?? [])[index * count..<(index + 1) * count]))
    }
    var graph = Graph()
    let ids = recorded.enumerated().map { graph.addConstant("p\($0)", row($1, 0)) }
    var options = TrainingOptions()
    options.optimizer = example.options
    options.weightDecay = example.weightDecay
    options.l1 = example.l1
    options.clipNorm = example.clipNorm
    var optimizer = Optimizer(options, graph: graph, parameters: ids)
    var weights = Weights(graph)
    for step in 0..<given[0].shape[0] {
      var gradients: [Tensor?] = given.map { row($0, step) }
      let scale = example.clipNorm.map {
        GradientNorm.scale(norm: GradientNorm.of(gradients), limit: $0)
      }
      optimizer.update(
        &weights, gradients: &gradients, rate: example.options.learningRate, gradientScale: scale ?? 1)
      for (id, record) in zip(ids, recorded) {
        let expected = row(record, step + 1).floats ?? []
        let found = weights[id]?.floats ?? []
        for (a, b) in zip(found, expected) {
          #expect(abs(a - b) <= 2e-6 * max(1, abs(b)), "step \(step)")
        }
      }
    }
  }

  @Test func groupsHaveTheirOwnRateAndDecay() {
    var graph = Graph()
    let a = graph.addConstant("a", Tensor(shape: [1, 1], floats: [1]))
    let b = graph.addConstant("b", Tensor(shape: [1, 1], floats: [1]))
    var options = TrainingOptions()
    options.optimizer = OptimizerOptions(.sgd, learningRate: 1)
    options.weightDecay = 0.5
    var optimizer = Optimizer(
      options, graph: graph, parameters: [a, b],
      groups: [ParameterGroup(parameters: [b], learningRateFactor: 0.25, weightDecay: 0)])
    var weights = Weights(graph)
    var gradients: [Tensor?] = Array(repeating: Tensor(shape: [1, 1], floats: [1]), count: 2)
    optimizer.update(&weights, gradients: &gradients, rate: 0.5)
    #expect(weights[a]?.floats == [1 - 0.5 * (1 + 0.5)])
    #expect(weights[b]?.floats == [1 - 0.125])
  }

  @Test func vectorsDecayOnlyWhereAsked() {
    var graph = Graph()
    let bias = graph.addConstant("bias", Tensor(shape: [2], floats: [1, -1]))
    for decaysAll in [false, true] {
      var options = TrainingOptions()
      options.optimizer = OptimizerOptions(.sgd, learningRate: 1)
      (options.weightDecay, options.decaysAll) = (0.5, decaysAll)
      var optimizer = Optimizer(options, graph: graph, parameters: [bias])
      var weights = Weights(graph)
      var gradients: [Tensor?] = [Tensor(shape: [2], floats: [0, 0])]
      optimizer.update(&weights, gradients: &gradients, rate: 1)
      #expect(weights[bias]?.floats == (decaysAll ? [0.5, -0.5] : [1, -1]))
    }
  }

  @Test func theNormIsThatOfAllGradientsTogether() {
    var random = SeededRandom(seed: 3)
    let tensors = [70_001, 3, 8].map { count in
      Tensor(shape: [count], floats: (0..<count).map { _ in random.float() })
    }
    let expected = tensors.flatMap { $0.floats ?? [] }.reduce(0.0) { $0 + Double($1) * Double($1) }
    let norm = GradientNorm.of(tensors + [nil])
    #expect(abs(norm - expected.squareRoot()) < 1e-6 * norm)
    #expect(GradientNorm.scale(norm: 2, limit: 4) == 1)
  }
}
