import PithEngine
import PithGraph
import PithTestSupport
import PithTrain
import Testing

@Suite(.serialized) struct TrainerTests {
  private func options(_ change: (inout TrainingOptions) -> Void = { _ in }) -> TrainingOptions {
    var options = TrainingOptions()
    (options.epochs, options.batchSize) = (5, 16)
    options.optimizer = OptimizerOptions(.adam, learningRate: 0.01)
    change(&options)
    return options
  }

  private func trainer(
    _ graph: Graph, _ options: TrainingOptions, data: TensorData, validation: TensorData? = nil,
    constraints: [ValueID: WeightConstraint] = [:], hooks: TrainingHooks = TrainingHooks()
  ) throws -> (Trainer, TrainingLoss) {
    let loss = try TrainingLoss(
      options.loss, labelSmoothing: options.labelSmoothing, for: graph, hasTargets: false)
    return (
      try Trainer(
        loss.graph, objective: loss.objective, data: data, validation: validation, options: options,
        constraints: constraints, hooks: hooks), loss
    )
  }

  /// A single map has as many numbers a channel as pixels; a single row of a dense layer has one.
  @Test func batchNormTrainsOnSingleSamplesWhereItCan() throws {
    let maps = try Networks.clusters(24, features: 72, classes: 3, batchSize: 1, shape: [2, 6, 6])
    let (trainer, _) = try trainer(
      Networks.convolution(classes: 3),
      options {
        $0.batchSize = 1
        $0.epochs = 1
      }, data: maps)
    let result = try trainer.run()
    #expect(result.steps == 24 && result.history[0].trainingLoss > 0.01)
    var graph = Graph(name: "rows")
    let x = graph.addInput("x", ValueType(.float32, Shape(["batch", 6])))
    let parameters = ["scale", "bias", "mean", "variance"].map { name in
      graph.addConstant(name, Tensor(shape: [6], floats: Array(repeating: 1, count: 6)))
    }
    let norm = graph.add(BatchNormalization(), [x] + parameters, name: "norm", outputs: ["n"])[0]
    graph.markOutput(norm)
    let rows = try Networks.clusters(24, features: 6, classes: 3, batchSize: 1)
    let error = #expect(throws: TrainingError.self) {
      try self.trainer(Networks.inferred(graph), options { $0.batchSize = 1 }, data: rows)
    }
    #expect(error?.description.contains("larger --batch") == true)
  }

  @Test func learnsClusters() throws {
    let graph = Networks.dense(6, 16, 8, end: Softmax(axis: 1))
    let data = try Networks.clusters(400, features: 6, classes: 8, batchSize: 16, shuffleSeed: 1)
    let test = try Networks.clusters(200, features: 6, classes: 8, seed: 9, batchSize: 50)
    let (trainer, loss) = try trainer(graph, options { $0.epochs = 12 }, data: data, validation: test)
    let result = try trainer.run()
    #expect(result.steps == 12 * 25)
    #expect(result.history.count == 12)
    #expect(result.history.map(\.epoch) == Array(1...12))
    let last = try #require(result.history.last)
    #expect(last.evaluationAccuracy ?? 0 > 0.98)
    #expect(last.trainingAccuracy ?? 0 > 0.95)
    #expect(last.trainingLoss < result.history[0].trainingLoss / 3)
    #expect(last.learningRate < result.history[0].learningRate)
    // The whole network, softmax and all, gives what was measured.
    let score = try Trainer.evaluate(
      graph, result.weights, objective: CrossEntropy(.probabilities), on: test)
    #expect(score.accuracy == last.evaluationAccuracy)
    #expect(abs(score.loss - (last.evaluationLoss ?? .nan)) < 1e-5)
    #expect(loss.kind == .crossEntropy)
  }

  @Test func learnsNumbers() throws {
    var random = SeededRandom(seed: 5)
    let x = (0..<600).map { _ in random.float() }
    let y = (0..<300).map { (row: Int) -> Float in x[2 * row] - 2 * x[2 * row + 1] + 0.5 }
    let data = try TensorData(
      inputs: [Tensor(shape: [300, 2], floats: x)], targets: Tensor(shape: [300, 1], floats: y),
      batchSize: 30,
      shuffleSeed: 2)
    let graph = Networks.dense(2, 12, 1)
    let loss = try TrainingLoss(.automatic, for: graph, hasTargets: true)
    #expect(loss.kind == .meanSquaredError)
    let trainer = try Trainer(
      loss.graph, objective: loss.objective, data: data, options: options { $0.epochs = 30 })
    let result = try trainer.run()
    #expect(result.history.last?.trainingLoss ?? 1 < 0.01)
    #expect(result.history.last?.trainingAccuracy == nil)
  }

  @Test func theSeedAndNothingElseDecides() throws {
    let graph = Networks.convolution(classes: 3)
    let data = try Networks.clusters(
      90, features: 72, classes: 3, batchSize: 8, shuffleSeed: 3, shape: [2, 6, 6])
    let saved = Parallelism.threadCount
    defer { Parallelism.threadCount = saved }
    let all = options { options in
      options.epochs = 2
      (options.clipNorm, options.averageDecay, options.weightDecay, options.l1) = (1, 0.9, 0.01, 1e-4)
    }
    let results = try [1, 2, 3, 7].map { threads in
      Parallelism.threadCount = threads
      return try trainer(graph, all, data: data, validation: data).0.run()
    }
    for result in results.dropFirst() {
      #expect(result.weights.bits(graph) == results[0].weights.bits(graph))
      #expect(result.history.map(\.evaluationLoss) == results[0].history.map(\.evaluationLoss))
    }
    let other = TensorData.reshuffled(data, 4)
    let different = try trainer(graph, all, data: other).0.run()
    #expect(different.weights.bits(graph) != results[0].weights.bits(graph))
  }

  @Test func batchNormKeepsRunningAverages() throws {
    let graph = Networks.convolution(classes: 3)
    let data = try Networks.clusters(
      65, features: 72, classes: 3, batchSize: 8, shuffleSeed: 3, shape: [2, 6, 6])
    let (trainer, _) = try trainer(graph, options { $0.epochs = 3 }, data: data)
    let result = try trainer.run()
    let trained = result.weights.applied(to: graph)
    func constant(_ name: String) -> [Float] {
      trained.values.first { $0.name == name }?.constant?.floats ?? []
    }
    #expect(constant("norm.mean").allSatisfy { $0 != 0 })
    #expect(constant("norm.variance").allSatisfy { $0 != 1 && $0 > 0 })
    // The last batch has one sample only, which is left out; the schedule counts it all the same.
    #expect(result.steps == 3 * 9)

    let frozen = options { options in
      options.epochs = 1
      options.frozen = ["norm", "conv.*"]
    }
    let kept = try self.trainer(graph, frozen, data: data).0.run().weights.applied(to: graph)
    for name in ["norm.mean", "norm.variance", "norm.scale", "conv.weight"] {
      #expect(
        kept.values.first { $0.name == name }?.constant == graph.values.first { $0.name == name }?.constant)
    }
    #expect(throws: TrainingError.self) {
      try self.trainer(graph, self.options { $0.frozen = ["nothing"] }, data: data)
    }
  }

  @Test func maskedWeightsAreExactlyZeroAfterEachStep() throws {
    let graph = Networks.dense(6, 16, 8)
    let weight = try #require(graph.values.firstIndex { $0.name == "hidden.weight" }.map { ValueID($0) })
    let mask = (0..<96).map { $0 % 3 != 0 }
    let data = try Networks.clusters(100, features: 6, classes: 8, batchSize: 16, shuffleSeed: 1)
    var checks = 0
    let hooks = TrainingHooks(beforeStep: { state in
      let values = state.weights[weight]?.floats ?? []
      for (value, keeps) in zip(values, mask) where !keeps { #expect(value.bitPattern == 0) }
      checks += 1
    })
    let (trainer, _) = try trainer(
      graph,
      options { options in
        options.optimizer = OptimizerOptions(.nesterov, learningRate: 0.05)
        (options.averageDecay, options.weightDecay) = (0.9, 0.01)
      }, data: data, constraints: [weight: WeightConstraint(mask: mask)], hooks: hooks)
    let values = try trainer.run().weights[weight]?.floats ?? []
    #expect(checks == 5 * 7)
    for (value, keeps) in zip(values, mask) { #expect(keeps ? value != 0 : value.bitPattern == 0) }
  }

  @Test func boundsHoldAndMasksMayGrow() throws {
    let graph = Networks.dense(6, 16, 8)
    let weight = try #require(graph.values.firstIndex { $0.name == "hidden.weight" }.map { ValueID($0) })
    let data = try Networks.clusters(100, features: 6, classes: 8, batchSize: 16, shuffleSeed: 1)
    let hooks = TrainingHooks(beforeStep: { state in
      guard state.globalStep == 9 else { return }
      state.constraints[weight]?.mask = (0..<96).map { $0 < 48 }
      state.applyConstraints()
      #expect(state.weights[weight]?.floats?[48...].allSatisfy { $0.bitPattern == 0 } == true)
    })
    let (trainer, _) = try trainer(
      graph, options(), data: data, constraints: [weight: WeightConstraint(range: -0.1...0.1)], hooks: hooks)
    let values = try trainer.run().weights[weight]?.floats ?? []
    #expect(values[48...].allSatisfy { $0.bitPattern == 0 })
    #expect(values[..<48].allSatisfy { abs($0) <= 0.1 })
    #expect(values.contains { abs($0) == 0.1 })
  }

  @Test func stopsEarlyAndGoesBackToTheBest() throws {
    // Labels that have nothing to do with the samples can only be learnt by heart.
    var random = SeededRandom(seed: 12)
    func noise(_ count: Int) throws -> TensorData {
      try TensorData(
        inputs: [Tensor(shape: [count, 6], floats: (0..<count * 6).map { _ in random.float() })],
        labels: (0..<count).map { _ in Int(random.next() % 3) }, batchSize: 8)
    }
    let graph = Networks.dense(6, 32, 3)
    let (data, heldOut) = (try noise(40), try noise(60))
    let (trainer, loss) = try trainer(
      graph,
      options { options in
        (options.epochs, options.patience, options.schedule) = (60, 3, .constant)
        options.optimizer.learningRate = 0.02
      }, data: data, validation: heldOut)
    let result = try trainer.run()
    #expect(result.stoppedEarly)
    let best = try #require(result.bestEpoch)
    #expect(result.history.count == best + 3)
    let losses = result.history.compactMap(\.evaluationLoss)
    #expect(losses[best - 1] == losses.min())
    let score = try Trainer.evaluate(loss.graph, result.weights, objective: loss.objective, on: heldOut)
    #expect(score.loss == losses[best - 1])
    #expect(throws: TrainingError.self) {
      try self.trainer(graph, self.options { $0.patience = 2 }, data: data)
    }
  }

  @Test func theAverageFollowsTheWeights() throws {
    let graph = Networks.dense(6, 16, 8)
    let data = try Networks.clusters(100, features: 6, classes: 8, batchSize: 16, shuffleSeed: 1)
    let weight = try #require(graph.values.firstIndex { $0.name == "hidden.weight" }.map { ValueID($0) })
    var average = graph[weight].constant?.floats ?? []
    var step = 0
    func follow(_ values: [Float]) {
      let share = Float(1 - min(0.95, Double(1 + step) / Double(10 + step)))
      for index in average.indices { average[index] += share * (values[index] - average[index]) }
      step += 1
    }
    let hooks = TrainingHooks(beforeStep: { state in
      if state.globalStep > 0 { follow(state.weights[weight]?.floats ?? []) }
    })
    let (trainer, _) = try trainer(graph, options { $0.averageDecay = 0.95 }, data: data, hooks: hooks)
    let result = try trainer.run()
    follow(trainer.state.weights[weight]?.floats ?? [])
    #expect(step == 35)
    #expect(result.weights[weight]?.floats == average)
    #expect(result.weights[weight] != trainer.state.weights[weight])
  }

  @Test func divergenceIsToldInOneLine() throws {
    let graph = Networks.dense(6, 16, 8)
    let data = try Networks.clusters(100, features: 6, classes: 8, batchSize: 16, shuffleSeed: 1)
    let (trainer, _) = try trainer(
      graph, options { $0.optimizer = OptimizerOptions(.sgd, learningRate: 1e30) }, data: data)
    let error = #expect(throws: TrainingError.self) { try trainer.run() }
    #expect(error?.description.contains("use a smaller --lr") == true)
    #expect(error?.description.contains("epoch 1, step") == true)
  }
}

extension TensorData {
  static func reshuffled(_ data: TensorData, _ seed: UInt64) -> TensorData {
    var copy = data
    copy.shuffleSeed = seed
    return copy
  }
}
