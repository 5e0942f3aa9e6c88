import Foundation
import Pith
import PithTestSupport
import Testing

/// `compress prune`, from files to files.
@Suite struct PruningJobTests {
  /// The fixtures' images that are for calibration: few, but labelled.
  private static let data = Networks.calibration

  private func request(
    _ model: String, in folder: TemporaryFolder, epochs: Int,
    _ change: (inout PruningJob.Request) throws -> Void = { _ in }
  ) throws -> PruningJob.Request {
    var options = TrainingOptions()
    (options.epochs, options.batchSize) = (Swift.max(1, epochs), 64)
    var request = PruningJob.Request(
      modelPath: Networks.path(model), training: try DataSet(Self.data),
      evaluation: try DataSet(Networks.test),
      options: options, tunes: epochs > 0, outputPath: folder.path("out.onnx"))
    try change(&request)
    return request
  }

  private func failure(_ request: PruningJob.Request, sourceLocation: SourceLocation = #_sourceLocation)
    -> String
  {
    let text = messageOfFailure(sourceLocation: sourceLocation) { try PruningJob(request).run() }
    #expect(!FileManager.default.fileExists(atPath: request.outputPath), sourceLocation: sourceLocation)
    return text
  }

  @Test(arguments: ImportanceMethod.allCases)
  func channelsAreRemovedAndTheFileSaysSo(importance: ImportanceMethod) throws {
    let folder = try TemporaryFolder()
    let report = try PruningJob(
      request("cnn", in: folder, epochs: 4) {
        $0.pruning.target = .multiplyAdds(0.5)
        $0.pruning.importance = importance
        ($0.options.batchSize, $0.options.optimizer.learningRate) = (16, 2e-3)
      }
    ).run()
    #expect(folder.contents == ["out.onnx"])
    let before = try #require(report.before)
    #expect(report.after.multiplyAdds * 2 <= before.multiplyAdds)
    #expect(report.after.multiplyAdds * 10 >= before.multiplyAdds * 4, "the budget is used")
    let round = try #require(report.rounds.first)
    #expect(report.rounds.count == 1 && round.epochs == 4)
    // 128 steps on 512 images.
    #expect(round.accuracy ?? 0 > 0.75, "\(round)")
    #expect(report.blocked.map(\.reason) == ["'logits' is an output of the model"])
    // What was written is what was scored.
    let evaluated = try CompressCommand.run([
      "eval", folder.path("out.onnx"), "--data", Networks.test, "--json",
    ])
    .object()
    #expect(evaluated["accuracy"] as? Double == report.accuracy?.after.accuracy)
    let graph = try ONNXImporter.read(path: folder.path("out.onnx"))
    #expect(graph.nodes.contains { $0.op is BatchNormalization }, "it can be trained on")
    #expect(try NetworkFigures(of: graph).multiplyAdds == report.after.multiplyAdds)
  }

  @Test(arguments: RatioPolicy.allCases)
  func bytesAreMet(policy: RatioPolicy) throws {
    let folder = try TemporaryFolder()
    let report = try PruningJob(
      request("mobilenet", in: folder, epochs: 0) {
        $0.pruning.target = .bytes(300_000)
        $0.pruning.ratios = policy
        $0.pruning.limits.roundTo = 4
      }
    ).run()
    #expect(report.output.bytes <= 300_000 && report.output.bytes > 240_000)
    #expect(report.layers.allSatisfy { ($0.after.channels ?? 0) % 4 == 0 || $0.name == "/15/Gemm" })
    #expect(report.warnings.isEmpty)
  }

  @Test func roundsFollowTheSchedule() throws {
    let folder = try TemporaryFolder()
    let report = try PruningJob(
      request("dense", in: folder, epochs: 3) {
        $0.pruning.target = .sparsity(0.5)
        $0.pruning.ratios = .uniform
        $0.pruning.schedule = .iterative(steps: 2)
      }
    ).run()
    #expect(report.rounds.map(\.epochs) == [1, 2])
    #expect(report.epochs.map(\.epoch) == [1, 2, 3])
    #expect(report.layers.map(\.after.channels) == [128, 64, 10])
    #expect(report.rounds[0].figures.parameters > report.rounds[1].figures.parameters)
  }

  @Test func latencyIsMeasuredOnTheIntegerKernels() throws {
    let folder = try TemporaryFolder()
    let report = try PruningJob(
      request("cnn", in: folder, epochs: 0) {
        $0.pruning.target = .latency(0.6)
        $0.pruning.limits.roundTo = 16
      }
    ).run()
    #expect(report.after.multiplyAdds < report.before?.multiplyAdds ?? 0)
    #expect(report.after.multiplyAdds > 0)
  }

  @Test(arguments: [PruningStructure.unstructured, .twoOfFour, .block], [0, 2])
  func weightsBecomeZeroAndStaySo(structure: PruningStructure, epochs: Int) throws {
    let folder = try TemporaryFolder()
    let report = try PruningJob(
      request("dense", in: folder, epochs: epochs) {
        $0.pruning.structure = structure
        $0.pruning.target = .sparsity(structure == .twoOfFour ? 0.5 : 0.75)
        $0.pruning.schedule = .gradual(steps: 4)
      }
    ).run()
    let graph = try ONNXImporter.read(path: folder.path("out.onnx"))
    let constants = graph.nodes.filter { $0.op is Gemm }.compactMap { node in
      node.inputs[1].flatMap { graph[$0].constant?.floats }
    }
    let zeros = constants.reduce(0) { $0 + $1.count { $0 == 0 } }
    let share = Double(zeros) / Double(constants.reduce(0) { $0 + $1.count })
    #expect(abs(share - (structure == .twoOfFour ? 0.5 : 0.75)) < 0.01)
    if epochs > 0 { #expect(report.epochs.last?.sparsity == (structure == .twoOfFour ? 0.5 : 0.75)) }
    // Zeros stay zeros on the integer kernels: whole blocks are left out of the file.
    guard structure == .block else { return }
    let quantized = folder.path("out.pith")
    _ = try QuantizationJob(try Networks.request(folder.path("out.onnx"), samples: 64, to: quantized)).run()
    let dense = try #require(Networks.quantized["dense"]).get()
    let size = try #require(try FileManager.default.attributesOfItem(atPath: quantized)[.size] as? Int)
    #expect(Double(size) < 0.45 * Double(dense.bytes.count))
  }

  private func zeros(_ path: String) throws -> Int {
    let graph = try ONNXImporter.read(path: path)
    return graph.nodes.filter { $0.op is Gemm }.compactMap {
      $0.inputs[1].flatMap { graph[$0].constant?.floats }
    }
    .reduce(0) { $0 + $1.count { $0 == 0 } }
  }

  /// What other commands make of a sparse network is as sparse, and their reports say so.
  @Test func zerosSurviveOtherTraining() throws {
    let folder = try TemporaryFolder()
    let sparse = folder.path("sparse.onnx")
    _ = try PruningJob(
      request("dense", in: folder, epochs: 0) {
        $0.pruning.structure = .unstructured
        $0.outputPath = sparse
      }
    ).run()
    let before = try zeros(sparse)
    var options = TrainingOptions()
    (options.epochs, options.batchSize) = (1, 64)
    let trained = try TrainingJob(
      TrainingJob.Request(
        modelPath: sparse, training: try DataSet(Self.data), evaluation: nil, initialization: .weights,
        options: options, outputPath: folder.path("trained.onnx"))
    ).run()
    #expect(try zeros(folder.path("trained.onnx")) == before)
    #expect(trained.after.nonzeroParameters == trained.after.parameters - before)
    let narrow = try PruningJob(
      request("dense", in: folder, epochs: 1) {
        $0.modelPath = sparse
        $0.pruning.target = .sparsity(0.25)
      }
    ).run()
    #expect(Double(try #require(narrow.after.nonzeroParameters)) < 0.6 * Double(narrow.after.parameters))
  }

  @Test func everyRoundSeesTheSamplesInItsOwnOrder() throws {
    let folder = try TemporaryFolder()
    let report = try PruningJob(
      request("dense", in: folder, epochs: 2) {
        $0.pruning.target = .sparsity(0.01)
        $0.pruning.schedule = .iterative(steps: 2)
        $0.options.optimizer.learningRate = 1e-12
        $0.augmentation = try Augmentation("noise:0.5")
      }
    ).run()
    let losses = report.epochs.map(\.trainingLoss)
    // Two of 384 channels are not what makes the difference.
    #expect(losses.count == 2 && losses[0] != losses[1])
  }

  @Test func earlyStoppingWaitsForTheLastStep() throws {
    let folder = try TemporaryFolder()
    let report = try PruningJob(
      request("dense", in: folder, epochs: 8) {
        $0.pruning.structure = .unstructured
        $0.pruning.target = .sparsity(0.95)
        $0.pruning.schedule = .gradual(steps: 8)
        ($0.options.patience, $0.options.holdout) = (1, 0.1)
      }
    ).run()
    // The schedule takes six epochs.
    #expect(report.epochs.count > 6 && report.epochs.last?.sparsity == 0.95)
  }

  @Test func whatIsFrozenKeepsItsWeights() throws {
    let folder = try TemporaryFolder()
    let whole = try ONNXImporter.read(path: Networks.path("dense"))
    let gemms = whole.nodes.filter { $0.op is Gemm }
    let name = gemms[0].name
    let report = try PruningJob(
      request("dense", in: folder, epochs: 0) {
        $0.pruning.structure = .unstructured
        $0.pruning.target = .sparsity(0.9)
        $0.options.frozen = [name]
      }
    ).run()
    #expect(report.blocked.contains { $0.layers == [name] && $0.reason.contains("frozen") })
    let pruned = try ONNXImporter.read(path: folder.path("out.onnx"))
    let weights = pruned.nodes.first { $0.name == name }.flatMap { pruned.constant($0, 1)?.floats }
    #expect(weights == whole.constant(gemms[0], 1)?.floats)
  }

  /// Inputs that are no multiple of four leave neighbours that lose none.
  @Test func twoOfFourIsNoShareToMiss() throws {
    let folder = try TemporaryFolder()
    let data = folder.path("points.csv")
    try "x1,x2,label\n1,2,0\n3,4,1\n".write(toFile: data, atomically: true, encoding: .utf8)
    let report = try PruningJob(
      request("dense", in: folder, epochs: 0) {
        $0.modelPath = ModelFixture.folder + "/training/tutorial.onnx"
        ($0.training, $0.evaluation) = (try DataSet(data), nil)
        $0.pruning.structure = .twoOfFour
      }
    ).run()
    #expect(!report.warnings.contains { $0.contains("were to go") }, "\(report.warnings)")
  }

  @Test func lessThanAskedForIsSaid() throws {
    let folder = try TemporaryFolder()
    let report = try PruningJob(
      request("dense", in: folder, epochs: 0) {
        $0.pruning.target = .sparsity(0.9)
        $0.pruning.limits.largestRatio = 0.5
      }
    ).run()
    #expect(
      report.warnings.contains { $0.contains("90.0 % of the channels were to go") }, "\(report.warnings)")
  }

  @Test(arguments: ["channel", "block"])
  func killedRunsEndInTheSameBytes(structure: String) throws {
    try KilledRuns.expectSameBytes(seed: 8) { folder in
      [
        "prune", Networks.path("dense"), "--train", Self.data, "--eval", Networks.test, "--structure",
        structure, "--sparsity", "0.6", "--schedule", "gradual", "--steps", "3", "--epochs", "6", "--batch",
        "16", "--quiet", "--resume", "-o", folder.path("out.onnx"),
      ] + (structure == "channel" ? ["--importance", "taylor"] : [])
    }
  }

  @Test func whatCannotBePrunedIsToldInALine() throws {
    let folder = try TemporaryFolder()
    let impossible = try request("cnn", in: folder, epochs: 0) { $0.pruning.target = .multiplyAdds(0.0001) }
    #expect(failure(impossible).contains("multiply-adds cannot be brought from 7452416 to 745"))
    let tiny = try request("cnn", in: folder, epochs: 0) { $0.pruning.target = .bytes(100) }
    #expect(failure(tiny).contains("without any weights"))
    let sparse = try request("cnn", in: folder, epochs: 0) {
      $0.pruning.structure = .block
      $0.pruning.target = .multiplyAdds(0.5)
    }
    #expect(failure(sparse).contains("give a sparsity for block"))
    let unscaled = try request("dense", in: folder, epochs: 0) { $0.pruning.importance = .batchNormScale }
    #expect(failure(unscaled).contains("pass no batch normalization"))
    // One layer only: its channels are the outputs.
    var graph = try ONNXImporter.read(path: Networks.path("dense"))
    graph.replaceNodes(Array(graph.nodes.prefix(2)))
    graph.replaceOutputs(graph.nodes[1].outputs)
    let model = folder.path("one.onnx")
    try ONNXExporter.write(graph, to: model)
    var one = try request("dense", in: folder, epochs: 0)
    one.modelPath = model
    #expect(failure(one).contains("no channels can be removed"))
    for arguments in [["--sparsity", "1.5"], ["--macs", "0.5", "--bytes", "10K"], ["--round-to", "0"]] {
      let result = try CompressCommand.run(
        ["prune", Networks.path("cnn"), "--train", Self.data, "-o", folder.path("x.onnx")] + arguments)
      #expect(result.status != 0 && !result.error.isEmpty)
    }
  }
}
