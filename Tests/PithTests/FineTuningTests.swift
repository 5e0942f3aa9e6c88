import Foundation
import Pith
import PithTestSupport
import Testing

/// `compress quantize --finetune`, from files to files.
@Suite struct FineTuningTests {
  private func request(
    _ name: String, in folder: TemporaryFolder, output: String = "tuned.pith",
    data: String = Networks.calibration,
    method: RangeMethod = .minmax, threads: Int = 2, softTargets: Double? = nil,
    _ change: (inout TrainingOptions) -> Void = { _ in }
  ) throws -> QuantizationJob.Request {
    var options = QuantizationJob.FineTuning.usualOptions
    (options.epochs, options.batchSize) = (1, 64)
    change(&options)
    var request = try Networks.request(
      Networks.path(name), samples: 128, method: method, evaluate: Networks.test, to: folder.path(output))
    request.fineTuning = .init(
      training: try DataSet(data), options: options, softTargets: softTargets,
      checkpointPath: folder.path(output + ".checkpoint"))
    request.threads = threads
    return request
  }

  @Test(arguments: ["dense", "mobilenet"])
  func fineTuningKeepsWhatCalibrationReached(_ name: String) throws {
    let folder = try TemporaryFolder()
    let report = try QuantizationJob(try request(name, in: folder)).run()
    let tuning = try #require(report.fineTuning)
    let (before, after) = (try #require(tuning.accuracyBefore), try #require(report.accuracy?.int8))
    #expect(tuning.epochs.count == 1 && tuning.epochs[0].trainingLoss != nil)
    #expect(after.accuracy >= before.accuracy - 0.005, "\(before) to \(after)")
    #expect(tuning.settings.contains(Setting("finetune", 1)))
    #expect(report.layers.allSatisfy { $0.placement == .int8 } && report.warnings.isEmpty)
    // The file holds what was scored.
    let path = folder.path("tuned.pith")
    #expect(folder.contents == ["tuned.pith"])
    let evaluated = try EvaluationJob.run(
      .init(modelPath: path, data: try DataSet(Networks.test), threads: 2, isa: .scalar),
      progress: { _, _ in })
    #expect(evaluated.correct == after.correct)
  }

  @Test func scalesLearnToHoldWhatTheyWereTooSmallFor() throws {
    // Entropy's ranges cut off much of this net's activations.
    let folder = try TemporaryFolder()
    let report = try QuantizationJob(
      try request("mobilenet", in: folder, method: .entropy) { $0.epochs = 2 }
    ).run()
    let tuning = try #require(report.fineTuning)
    let (before, after) = (try #require(tuning.accuracyBefore), try #require(report.accuracy))
    #expect(after.int8.accuracy > before.accuracy, "\(before) to \(after.int8), fp32 \(after.fp32)")
  }

  @Test func theSameSeedGivesTheSameBytesAtAnyNumberOfThreads() throws {
    let folder = try TemporaryFolder()
    let files = try [1, 2, 3].map { threads in
      _ = try QuantizationJob(
        try request("dense", in: folder, output: "\(threads).pith", threads: threads)
      ).run()
      return try Data(contentsOf: URL(filePath: folder.path("\(threads).pith")))
    }
    #expect(files[0] == files[1] && files[1] == files[2])
  }

  @Test func labelsAreOptional() throws {
    let folder = try TemporaryFolder()
    let report = try QuantizationJob(
      try request("dense", in: folder, data: Networks.calibrationImages)
    ).run()
    #expect(report.fineTuning?.settings.contains(Setting("soft-targets", 1.0)) == true)
    let error = #expect(throws: PithFailure.self) {
      try QuantizationJob(
        try request("dense", in: folder, data: Networks.calibrationImages, softTargets: 0.5)
      ).run()
    }
    #expect(error?.description.contains("has no labels") == true)
  }

  @Test func killedRunsEndInTheSameBytes() throws {
    let folder = try TemporaryFolder()
    func arguments(_ output: String) -> [String] {
      [
        "quantize", Networks.path("dense"), "--calibrate", Networks.calibrationImages, "--samples", "64",
        "--finetune", "8", "--train", Networks.calibration, "--batch", "16", "--quiet", "-o",
        folder.path(output),
      ]
    }
    // Who is killed in the middle of writing leaves what it had written, hidden, beside the file.
    func finished() -> [String] { folder.contents.filter { !$0.hasSuffix(".part") } }
    let start = Date()
    #expect(try CompressCommand.run(arguments("whole.pith")).status == 0)
    let duration = Date().timeIntervalSince(start)
    var random = SeededRandom(seed: 8)
    for _ in 0..<4 {
      _ = try CompressCommand.kill(
        arguments("killed.pith") + ["--resume"], after: (0.2 + 0.5 * random.unit()) * duration)
      #expect(finished().filter { !$0.hasPrefix("killed.pith") } == ["whole.pith"])
    }
    let result = try CompressCommand.run(arguments("killed.pith") + ["--resume"])
    #expect(result.status == 0, "\(result.error)")
    let files = try ["whole.pith", "killed.pith"].map { try Data(contentsOf: URL(filePath: folder.path($0))) }
    #expect(files[0] == files[1])
    #expect(finished() == ["killed.pith", "whole.pith"])
  }

  @Test(arguments: [
    (["--finetune", "2"], "--train"), (["--finetune", "0", "--train", "x.npz"], "--finetune"),
    (["--soft-targets", "2"], "--soft-targets"), (["--soft-temperature", "0"], "--soft-temperature"),
  ])
  func optionsOutOfRangeAreRefused(_ options: [String], word: String) throws {
    let result = try CompressCommand.run(
      ["quantize", Networks.path("dense"), "--calibrate", Networks.calibrationImages, "-o", "never.pith"]
        + options)
    #expect(result.status == 64 && result.error.contains(word), "\(result.error)")
  }
}
