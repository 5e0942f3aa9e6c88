import Foundation
import Pith
import PithTestSupport
import Testing

/// `compress train`, from files to files.
@Suite struct TrainingJobTests {
  private static let tutorial = ModelFixture.folder + "/training/tutorial.onnx"

  /// Points, those inside a circle being of class 1, as a table with a header.
  private func circle(_ count: Int, seed: Int, in folder: TemporaryFolder, name: String) throws -> String {
    var random = SeededRandom(seed: seed)
    var text = "x1,x2,label\n"
    for _ in 0..<count {
      let (x, y) = (random.float() * 2, random.float() * 2)
      text += "\(x),\(y),\(x * x + y * y < 2.5 ? 1 : 0)\n"
    }
    let path = folder.path(name)
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  private func request(
    _ model: String, _ data: String, in folder: TemporaryFolder, evaluate: String? = nil,
    initialization: TrainingJob.Initialization = .fresh, _ change: (inout TrainingOptions) -> Void = { _ in }
  ) throws -> TrainingJob.Request {
    var options = TrainingOptions()
    (options.epochs, options.batchSize) = (3, 32)
    change(&options)
    return TrainingJob.Request(
      modelPath: model, training: try DataSet(data), evaluation: try evaluate.map { try DataSet($0) },
      initialization: initialization, options: options, outputPath: folder.path("out.onnx"))
  }

  /// Runs a job that has to fail and leave no output, and returns the message.
  private func failure(
    _ request: TrainingJob.Request, sourceLocation: SourceLocation = #_sourceLocation
  ) -> String {
    let text = messageOfFailure(sourceLocation: sourceLocation) { try TrainingJob(request).run() }
    #expect(!FileManager.default.fileExists(atPath: request.outputPath), sourceLocation: sourceLocation)
    return text
  }

  @Test func theTutorialsNetworkLearns() throws {
    let folder = try TemporaryFolder()
    let train = try circle(3000, seed: 1, in: folder, name: "train.csv")
    let test = try circle(1000, seed: 2, in: folder, name: "test.csv")
    let output = folder.path("trained.onnx")
    let result = try CompressCommand.run([
      "train", Self.tutorial, "--train", train, "--eval", test, "--init", "fresh", "--optimizer", "adam",
      "--loss", "binary-cross-entropy", "--lr", "0.02", "--epochs", "10", "--batch", "32", "--json", "-o",
      output,
    ])
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    let object = try result.object()
    let epochs = try #require(object["epochs"] as? [[String: Any]])
    #expect(epochs.count == 10)
    let accuracy = try #require((object["accuracy"] as? [String: Any])?["after"] as? [String: Any])
    let share = try #require(accuracy["accuracy"] as? Double)
    #expect(share > 0.95)
    #expect(folder.contents == ["test.csv", "train.csv", "trained.onnx"])
    let evaluated = try CompressCommand.run(["eval", output, "--data", test, "--json"]).object()
    #expect(evaluated["accuracy"] as? Double == share)
    // It still ends in its sigmoid.
    let graph = try ONNXImporter.read(path: output)
    #expect(graph.nodes.map(\.op.name) == ["Gemm", "Relu", "Gemm", "Sigmoid"])
  }

  @Test func theDefaultsAreThatTutorials() throws {
    let folder = try TemporaryFolder()
    let train = try circle(500, seed: 1, in: folder, name: "train.csv")
    let report = try TrainingJob(request(Self.tutorial, train, in: folder)).run()
    #expect(report.settings.contains(Setting("loss", "binary-cross-entropy")))
    #expect(report.settings.contains(Setting("optimizer", "adam")))
    #expect(report.settings.contains(Setting("lr", "0.001")))
    #expect(report.warnings.contains { $0.contains("--eval") })
  }

  @Test func killedRunsEndInTheSameBytes() throws {
    let data = try TemporaryFolder()
    let train = try circle(4000, seed: 1, in: data, name: "train.csv")
    try KilledRuns.expectSameBytes(seed: 6) { folder in
      [
        "train", Self.tutorial, "--train", train, "--init", "fresh", "--batch", "4", "--epochs", "12",
        "--patience", "20", "--ema", "0.99", "--quiet", "--resume", "-o", folder.path("out.onnx"),
      ]
    }
  }

  @Test func anotherRunsCheckpointIsRefused() throws {
    let folder = try TemporaryFolder()
    let train = try circle(100, seed: 1, in: folder, name: "train.csv")
    var request = try request(Self.tutorial, train, in: folder)
    request.resumes = true
    var identity = RunIdentity()
    identity.add("batchSize", "7")
    try Checkpoint(path: request.checkpointPath, identity: identity).save()
    #expect(failure(request).contains("checkpoint of another run"))
    try Data("PITHCKPT, or so".utf8).write(to: URL(filePath: request.checkpointPath))
    #expect(failure(request).contains("cut off"))
    // Without --resume it is written over.
    request.resumes = false
    _ = try TrainingJob(request).run()
    #expect(folder.contents == ["out.onnx", "train.csv"])
  }

  @Test func numbersAreLearntByTheirSquares() throws {
    let folder = try TemporaryFolder()
    var random = SeededRandom(seed: 3)
    let (x, y) = (folder.path("x.npy"), folder.path("y.npy"))
    let inputs = (0..<1200).map { _ in random.float() }
    let outputs = (0..<600).map { (row: Int) -> Float in 0.5 * inputs[2 * row] - inputs[2 * row + 1] }
    try NPY.write(inputs, shape: [600, 2], to: x)
    try NPY.write(outputs, shape: [600, 1], to: y)
    // Without its sigmoid, the network predicts any number.
    var graph = try ONNXImporter.read(path: Self.tutorial)
    let last = try #require(graph.nodes.last)
    graph.replaceNodes(graph.nodes.dropLast())
    graph.replaceOutputs([try #require(last.inputs[0])])
    let model = folder.path("open.onnx")
    try ONNXExporter.write(graph, to: model)
    let report = try TrainingJob(
      request(model, "\(x),\(y)", in: folder, evaluate: "\(x),\(y)") {
        ($0.epochs, $0.optimizer.learningRate) = (30, 0.02)
      }
    ).run()
    #expect(report.settings.contains(Setting("loss", "mse")))
    #expect(report.accuracy == nil)
    #expect(report.epochs.last?.evaluationLoss ?? 1 < 0.01)
  }

  @Test func aFixedBatchStaysInTheFile() throws {
    let folder = try TemporaryFolder()
    let train = try circle(100, seed: 1, in: folder, name: "train.csv")
    var graph = try ONNXImporter.read(path: Self.tutorial)
    graph = try graph.specialized(batch: 8)
    let model = folder.path("fixed.onnx")
    try ONNXExporter.write(graph, to: model)
    let report = try TrainingJob(request(model, train, in: folder, evaluate: train)).run()
    #expect(report.accuracy != nil)
    let trained = try ONNXImporter.read(path: folder.path("out.onnx"))
    #expect(trained.inputs.first.flatMap { trained[$0].type?.shape } == [8, 2])
  }

  @Test func whatCannotBeTrainedIsToldInALine() throws {
    let folder = try TemporaryFolder()
    let train = try circle(200, seed: 1, in: folder, name: "train.csv")
    let diverging = try request(Self.tutorial, train, in: folder) {
      $0.optimizer = OptimizerOptions(.sgd, learningRate: 1e30)
    }
    #expect(failure(diverging).contains("use a smaller --lr"))
    let frozen = try request(Self.tutorial, train, in: folder) { $0.frozen = ["nothing"] }
    #expect(failure(frozen).contains("'nothing'"))
    let dropout = try request(Self.tutorial, train, in: folder) { $0.dropout = 0.5 }
    #expect(failure(dropout).contains("no Dropout node"))
    let loss = try request(Self.tutorial, train, in: folder) { $0.loss = .crossEntropy }
    #expect(failure(loss).contains("ends in a sigmoid"))
    let shape = try request(Networks.path("dense"), train, in: folder)
    #expect(failure(shape).contains("do not fit the input"))
    let numbers = folder.path("numbers.csv")
    try "x1,x2,label\n1,2,0.5\n3,4,5\n".write(toFile: numbers, atomically: true, encoding: .utf8)
    let dense = folder.path("dense.onnx")
    var graph = try ONNXImporter.read(path: Self.tutorial)
    graph.replaceOutputs([try #require(graph.nodes.first?.outputs.first)])
    try ONNXExporter.write(graph, to: dense)
    #expect(failure(try request(dense, numbers, in: folder)).contains("1 number a sample"))
    let labels = folder.path("labels.csv")
    try "x1,x2,label\n1,2,0\n3,4,5\n".write(toFile: labels, atomically: true, encoding: .utf8)
    #expect(failure(try request(Self.tutorial, labels, in: folder)).contains("sample 1 has label 5"))
    let unlabelled = folder.path("unlabelled.csv")
    try "x1,x2\n1,2\n3,4\n".write(toFile: unlabelled, atomically: true, encoding: .utf8)
    #expect(failure(try request(Self.tutorial, unlabelled, in: folder)).contains("no labels"))
  }

  /// A cross-entropy of numbers outside falls without end.
  @Test func targetsOfCrossEntropiesAreProbabilities() throws {
    let folder = try TemporaryFolder()
    let data = folder.path("signs.csv")
    try "x1,x2,label\n1,2,-1\n3,4,1\n".write(toFile: data, atomically: true, encoding: .utf8)
    let message = failure(try request(Self.tutorial, data, in: folder))
    #expect(message.contains("the target of sample 0 is -1") && message.contains("as 0 and 1"), "\(message)")
  }

  @Test func outputsWithoutAFolderAreToldFirst() throws {
    let folder = try TemporaryFolder()
    for option in ["-o", "--report"] {
      var arguments = [
        "train", Self.tutorial, "--train", folder.path("not-there.csv"), "-o", folder.path("o.onnx"),
      ]
      if option == "-o" { arguments.removeLast(2) }
      let message = try CompressCommand.failure(arguments + [option, folder.path("no/file")])
      #expect(message.contains("does not exist") && message.contains(option), "\(message)")
    }
  }

  @Test func wrongUsageShowsTheUsage() throws {
    let folder = try TemporaryFolder()
    for options in [
      ["--lr", "0"], ["--optimizer", "sgdx"], ["--lr-schedule", "cosin"], ["--epochs", "0"],
      ["--augment", "x"],
    ] {
      let result = try CompressCommand.run(
        ["train", Self.tutorial, "--train", "a.csv", "-o", folder.path("out.onnx")] + options)
      #expect(result.status == 64, "\(options): \(result.error)")
      #expect(result.error.contains("Usage: compress train"))
    }
    let overwriting = try CompressCommand.run([
      "train", Self.tutorial, "--train", "a.csv", "-o", Self.tutorial,
    ])
    #expect(overwriting.status == 64 && overwriting.error.contains("would overwrite"))
  }
}
