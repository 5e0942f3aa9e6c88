import Foundation
import Pith
import PithTestSupport
import Testing

/// `compress distill`, from files to files.
@Suite struct DistillationJobTests {
  private func request(
    _ teachers: [String] = ["cnn"], _ student: DistillationJob.Student = .width(0.25),
    in folder: TemporaryFolder, data: String = Networks.calibration,
    initialization: TrainingJob.Initialization = .weights, options: DistillationOptions = .init(),
    output: String = "student.onnx", threads: Int = 2, cached: Bool = false,
    augmentation: Augmentation = .none,
    epochs: Int = 1
  ) throws -> DistillationJob.Request {
    var training = TrainingOptions()
    (training.epochs, training.batchSize) = (epochs, 64)
    return DistillationJob.Request(
      teacherPaths: teachers.map { Networks.path($0) }, student: student, initialization: initialization,
      training: try DataSet(data), evaluation: try DataSet(Networks.test), distillation: options,
      options: training, augmentation: augmentation,
      cache: cached ? .init(directory: folder.path("teachers"), limit: 1 << 20) : nil,
      outputPath: folder.path(output), threads: threads)
  }

  private func bytes(_ name: String, in folder: TemporaryFolder) throws -> Data {
    try Data(contentsOf: URL(filePath: folder.path(name)))
  }

  @Test func aNarrowCopyLearns() throws {
    let folder = try TemporaryFolder()
    let report = try DistillationJob(try request(in: folder, epochs: 8)).run()
    let accuracy = try #require(report.accuracy)
    // Without its other channels it knew little.
    #expect(accuracy.after.accuracy > (try #require(accuracy.before).accuracy) + 0.2, "\(accuracy)")
    #expect(report.teachers.count == 1)
    #expect(try #require(report.teachers[0].accuracy).accuracy > 0.9)
    #expect(report.terms.map(\.kind) == ["logits", "labels"] && report.terms.map(\.weight)[0] == 0.9)
    #expect(report.origin.contains("cnn.onnx") && report.origin.contains("0.25"))
    #expect(report.after.parameters < report.teachers[0].figures.parameters / 8)
    #expect(report.layers.count == 4 && report.layers[0].after.channels == 8)
    // The file is what was scored, and there is nothing else.
    #expect(folder.contents == ["student.onnx"])
    let graph = try ONNXImporter.read(path: folder.path("student.onnx"))
    #expect(graph.nodes.contains { $0.op is BatchNormalization })
    let evaluated = try EvaluationJob.run(
      .init(
        modelPath: folder.path("student.onnx"), data: try DataSet(Networks.test), threads: 1, isa: .scalar),
      progress: { _, _ in })
    #expect(evaluated.correct == accuracy.after.correct)
  }

  @Test func aTeacherMayBeItsOwnStudent() throws {
    let folder = try TemporaryFolder()
    let report = try DistillationJob(
      try request(["dense"], .file(Networks.path("dense")), in: folder, initialization: .fresh, epochs: 2)
    ).run()
    #expect(report.accuracy?.before == nil && report.before?.parameters == report.after.parameters)
    #expect(try #require(report.accuracy).after.accuracy > 0.6)
    #expect(report.origin == "dense.onnx, begun anew")
    let graph = try ONNXImporter.read(path: folder.path("student.onnx"))
    let teacher = try ONNXImporter.read(path: Networks.path("dense"))
    #expect(graph.nodes.map(\.op.name) == teacher.nodes.map(\.op.name))
  }

  @Test func severalTeachersWithoutLabelsThroughLayers() throws {
    let folder = try TemporaryFolder()
    let graph = try ONNXImporter.read(path: Networks.path("cnn"))
    let relus = graph.nodes.filter { $0.op is Relu }.map { graph[$0.outputs[0]].name }
    let options = DistillationOptions(
      teacherWeights: [2, 1], features: [LayerPair(teacher: relus[2], student: relus[2])],
      attention: [LayerPair(teacher: relus[1], student: relus[1])])
    let report = try DistillationJob(
      try request(["cnn", "dense"], in: folder, data: Networks.calibrationImages, options: options)
    ).run()
    #expect(report.terms.map(\.kind) == ["logits", "features", "attention"])
    #expect(report.terms[0].weight == 1 && report.teachers.count == 2)
    #expect(report.warnings.contains { $0.contains("no labels") })
    let student = try ONNXImporter.read(path: folder.path("student.onnx"))
    #expect(student.nodes.count == graph.nodes.count && student.outputs.count == 1)
    #expect(student.nodes.map(\.name) == graph.nodes.map(\.name))
  }

  /// Files name themselves in their histories, so that those which are compared have the same name.
  @Test func threadsAndCachesChangeNothing() throws {
    let folder = try TemporaryFolder()
    for (place, threads, cached) in [("a", 1, false), ("b", 3, true), ("c", 2, true)] {
      try folder.makeFolder(place)
      _ = try DistillationJob(
        try request(
          in: folder, output: "\(place)/student.onnx", threads: threads, cached: cached, epochs: 2)
      ).run()
    }
    #expect(try bytes("a/student.onnx", in: folder) == bytes("b/student.onnx", in: folder))
    #expect(try bytes("b/student.onnx", in: folder) == bytes("c/student.onnx", in: folder))
    #expect(folder.contents == ["a", "b", "c", "teachers"])
    // What changes at random is not kept.
    try FileManager.default.removeItem(atPath: folder.path("teachers"))
    _ = try DistillationJob(
      try request(in: folder, output: "d", cached: true, augmentation: try Augmentation("flip"))
    ).run()
    #expect(folder.contents == ["a", "b", "c", "d"])
  }

  @Test func killedRunsEndInTheSameBytes() throws {
    let folder = try TemporaryFolder()
    func arguments(_ place: String) -> [String] {
      [
        "distill", "--teacher", Networks.path("dense"), "--width", "0.2", "--train", Networks.calibration,
        "--cache", folder.path("teachers"), "--batch", "16", "--epochs", "12", "--quiet", "-o",
        folder.path("\(place)/student.onnx"),
      ]
    }
    for place in ["whole", "killed"] { try folder.makeFolder(place) }
    let start = Date()
    #expect(try CompressCommand.run(arguments("whole")).status == 0)
    let duration = Date().timeIntervalSince(start)
    var random = SeededRandom(seed: 5)
    for _ in 0..<4 {
      // The cache may go at any time.
      try? FileManager.default.removeItem(atPath: folder.path("teachers"))
      _ = try CompressCommand.kill(
        arguments("killed") + ["--resume"], after: (0.2 + 0.5 * random.unit()) * duration)
      #expect(folder.contents(of: "whole") == ["student.onnx"])
    }
    let result = try CompressCommand.run(arguments("killed") + ["--resume"])
    #expect(result.status == 0, "\(result.error)")
    // The cache was taken away in between, which changes nothing.
    #expect(try bytes("whole/student.onnx", in: folder) == bytes("killed/student.onnx", in: folder))
    #expect(folder.contents(of: "killed") == ["student.onnx"])
  }

  @Test(arguments: [
    (["--teacher", "cnn", "--feature", "nowhere=nowhere"], 1, "no node or value 'nowhere'"),
    (["--teacher", "cnn", "--feature", "nowhere"], 64, "teacher-node=student-node"),
    (["--teacher", "cnn", "--width", "0"], 64, "--width"),
    (["--teacher", "cnn", "--width", "0.5", "--student", "x.onnx"], 64, "--student"),
    (["--teacher", "cnn", "--temperature", "0"], 64, "temperature"),
    (["--teacher", "cnn", "--teacher-weight", "1", "--teacher-weight", "2"], 64, "2 teacher weights"),
    (["--teacher", "cnn", "--cache", "x", "--no-cache"], 64, "--no-cache"),
    (["--teacher", "cnn", "--loss", "mse"], 1, "cross-entropy"),
    ([], 64, "--teacher"),
  ])
  func mistakesAreTold(_ options: [String], status: Int32, words: String) throws {
    let folder = try TemporaryFolder()
    let named = options.map { $0 == "cnn" ? Networks.path("cnn") : $0 }
    let result = try CompressCommand.run(
      ["distill", "--train", Networks.calibration, "--epochs", "1", "-o", folder.path("never.onnx")] + named
        + (named.contains("--cache") ? [] : ["--no-cache"]))
    #expect(result.status == status && result.error.contains(words), "\(result.error)")
    #expect(folder.contents.isEmpty)
  }
}
