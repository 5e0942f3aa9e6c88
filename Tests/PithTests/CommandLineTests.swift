import Foundation
import Pith
import PithTestSupport
import Testing

/// `compress` as a process of its own: exit codes, one-line errors, JSON.
@Suite struct CommandLineTests {
  /// The dense network as a `.pith` file.
  private func dense(in folder: TemporaryFolder) throws -> String {
    let path = folder.path("dense.pith")
    try Data(try Networks.quantized["dense"]!.get().bytes).write(to: URL(filePath: path))
    return path
  }

  @Test func quantizeWritesTheFileAndTellsItsSize() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("out.pith")
    let result = try CompressCommand.run([
      "quantize", Networks.path("dense"), "--calibrate", Networks.calibrationImages, "--samples", "100",
      "--eval", Networks.test, "--json", "-o", path,
    ])
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    let object = try result.object()
    let output = try #require(object["output"] as? [String: Any])
    let input = try #require(object["input"] as? [String: Any])
    #expect(output["bytes"] as? Int == (try Data(contentsOf: URL(filePath: path))).count)
    #expect(input["bytes"] as? Int == (try Data(contentsOf: URL(filePath: Networks.path("dense")))).count)
    #expect(object["samples"] as? Int == 100)
    #expect(folder.contents == ["out.pith"])
  }

  /// Two groups of options could each bring one of the same name.
  @Test(arguments: [
    "quantize", "train", "prune", "distill", "apply", "inspect", "import", "run", "eval", "bench",
  ])
  func noOptionIsThereTwice(command: String) throws {
    let result = try CompressCommand.run([command, "--help"])
    #expect(result.status == 0)
    let lines = result.output.split(separator: "\n").filter { $0.hasPrefix("  -") }
    let names = lines.flatMap {
      $0.split(separator: " ").filter { $0.hasPrefix("--") && $0.count > 2 }.prefix(1)
    }
    #expect(names.count > 2 && Set(names).count == names.count, "\(names)")
  }

  @Test func quantizeGivesTheSameBytesAsTheLibrary() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("out.pith")
    for threads in ["1", "2"] {
      let result = try CompressCommand.run([
        "quantize", Networks.path("dense"), "--calibrate", Networks.calibrationImages, "--threads", threads,
        "-o",
        path,
      ])
      #expect(result.status == 0)
      #expect(result.output.contains("all layers in int8"))
      #expect(
        [UInt8](try Data(contentsOf: URL(filePath: path))) == (try Networks.quantized["dense"]!.get().bytes))
    }
  }

  @Test(arguments: [false, true])
  func evalTellsAccuracyIntervalAndSamples(isProgram: Bool) throws {
    let folder = try TemporaryFolder()
    let model = isProgram ? try dense(in: folder) : Networks.path("dense")
    let result = try CompressCommand.run(["eval", model, "--data", Networks.test, "--json", "--threads", "2"])
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    let object = try result.object()
    let accuracy = try #require(object["accuracy"] as? Double)
    #expect(accuracy > 0.85 && accuracy < 1)
    #expect(object["interval"] != nil && object["samples"] as? Int == 2000)
    // The same as in the report of quantize.
    let report = try #require(try Networks.quantized["dense"]!.get().report.accuracy)
    let side = isProgram ? report.int8 : report.fp32
    #expect(abs(accuracy - side.accuracy) < 1e-9)
  }

  @Test func benchTellsLatencies() throws {
    let folder = try TemporaryFolder()
    let result = try CompressCommand.run([
      "bench", try dense(in: folder), "--reference", Networks.path("dense"), "--seconds", "0.1", "--json",
    ])
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    let object = try result.object()
    let latency = try #require(object["latency_us"] as? [String: Double])
    let (p10, p50, p90) = (
      try #require(latency["p10"]), try #require(latency["p50"]), try #require(latency["p90"])
    )
    #expect(p10 > 0 && p10 <= p50 && p50 <= p90)
    #expect(object["fp32_latency_us"] != nil)
    #expect((object["share_of_limit"] as? Double ?? 0) > 0)
  }

  @Test(arguments: [
    ["--batch", "5"], ["--threads", "2"], ["--threads", "2", "--batch", "3"], ["--kernels", "scalar"],
  ])
  func benchTakesBatchesThreadsAndKernels(_ options: [String]) throws {
    let folder = try TemporaryFolder()
    let result = try CompressCommand.run(
      ["bench", try dense(in: folder), "--seconds", "0.05", "--json"] + options)
    #expect(result.status == 0, "\(result.error)")
    #expect(try result.object()["latency_us"] != nil)
  }

  @Test func inspectTellsWhatWillBeInteger() throws {
    let folder = try TemporaryFolder()
    for model in [Networks.path("mobilenet"), try dense(in: folder)] {
      let json = try CompressCommand.run(["inspect", model, "--json"])
      #expect(json.status == 0 && json.error.isEmpty, "\(json.error)")
      #expect(try json.object()["model"] as? String == model)
      let text = try CompressCommand.run(["inspect", model])
      #expect(text.status == 0 && text.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }
  }

  @Test func inspectCountsTheWeightsOfAPithFile() throws {
    let folder = try TemporaryFolder()
    for name in Networks.names {
      let quantized = try Networks.quantized[name]!.get()
      let path = folder.path("model.pith")
      try Data(quantized.bytes).write(to: URL(filePath: path))
      let memory = try InspectionJob.run(path: path).memory
      // All weights, but for those that two layers share and the zeros between them.
      #expect(memory.peakActivationBytes == quantized.report.memory.arenaBytes)
      #expect(abs(memory.weightBytes - quantized.report.memory.weightBytes) < 1024)
    }
  }

  @Test(arguments: [false, true])
  func runWritesOutputsOfTheModelsShape(isProgram: Bool) throws {
    let folder = try TemporaryFolder()
    let model = isProgram ? try dense(in: folder) : Networks.path("dense")
    let output = folder.path("y.npy")
    let result = try CompressCommand.run([
      "run", model, "--input", "\(ModelFixture.folder)/models/dense.input.npy", "-o", output,
    ])
    #expect(result.status == 0, "\(result.error)")
    let values = try NPY.read(output)
    let expected = try Networks.recorded("dense").outputs
    #expect(values.shape == [64, 10])
    let largest = expected.map(abs).max() ?? 1
    let worst = zip(values.values, expected).map { abs($0 - $1) }.max() ?? .infinity
    #expect(worst < (isProgram ? 0.1 : 1e-4) * largest)
  }

  @Test func helpHasExamplesAndVersionANumber() throws {
    for command in ["inspect", "quantize", "eval", "run", "bench"] {
      let help = try CompressCommand.run([command, "--help"])
      #expect(
        help.status == 0 && help.output.contains("compress \(command)") && help.output.contains("Examples"))
    }
    #expect(try CompressCommand.run(["--version"]).output == "\(Pith.version)\n")
    #expect(try CompressCommand.run(["--help"]).status == 0)
  }

  @Test(arguments: [
    ["frobnicate"], ["quantize"], ["eval", "model.onnx"], ["bench", "m.pith", "--threads", "0"],
    ["quantize", "m.onnx", "--calibrate", "x.npy", "-o", "m.onnx"],
    ["eval", "m", "--data", "d", "--scale", "x"],
    ["quantize", "m.onnx", "--calibrate", "x.npy", "-o", "o", "--method", "magic"],
    ["run", "m", "--input", "x", "-o", "y", "--threads", "100000"],
  ])
  func wrongUsageIsToldWith64(_ arguments: [String]) throws {
    let result = try CompressCommand.run(arguments)
    #expect(result.status == 64 && result.output.isEmpty)
    #expect(result.error.hasPrefix("Error: ") && result.error.contains("Usage: compress"))
  }

  @Test func errorsAreOneLine() throws {
    let folder = try TemporaryFolder()
    let program = try dense(in: folder)
    let images = Networks.testImages
    let small = folder.path("small.npy")
    try NPY.write([1, 2, 3, 4], shape: [1, 4], to: small)
    let before = folder.contents
    let output = folder.path("out")
    func fail(_ arguments: String...) throws -> String { try CompressCommand.failure(arguments) }
    #expect(try fail("inspect", folder.path("none.onnx")).contains("none.onnx"))
    #expect(try fail("inspect", folder.path("none.pith")).contains("none.pith"))
    #expect(try fail("inspect", small).contains("small.npy"))
    #expect(try fail("eval", program, "--data", images).contains("no labels"))
    #expect(try fail("eval", program, "--data", folder.path("none.npy")).contains("none.npy"))
    #expect(try fail("run", program, "--input", small, "-o", output).contains("[4]"))
    #expect(try fail("run", program, "--input", small, "-o", output).contains("[1, 28, 28]"))
    #expect(
      try fail("quantize", program, "--calibrate", images, "-o", output).contains("quantized already"))
    #expect(
      try fail("quantize", Networks.path("dense"), "--calibrate", small, "-o", output).contains("[4]"))
    #expect(
      try fail("quantize", Networks.path("dense"), "--calibrate", images, "--exclude", "nobody", "-o", output)
        .contains("nobody"))
    #expect(
      try fail("quantize", Networks.path("dense"), "--calibrate", images, "--samples", "4", "-o", "/dev/full")
        .contains("/dev/full"))
    #expect(try fail("run", program, "--input", images, "-o", folder.path("no/y.npy")).contains("no/y.npy"))
    #expect(folder.contents == before)
  }
}

@Suite struct CommandSafetyTests {
  @Test(arguments: [
    ["-o", "MODEL"], ["-o", "OUT", "--report", "OUT"], ["-o", "OUT", "--export-qdq", "MODEL"],
  ])
  func refusesToOverwriteWhatItReads(_ options: [String]) throws {
    let folder = try TemporaryFolder()
    let model = folder.path("model.onnx")
    let original = try Data(contentsOf: URL(filePath: Networks.path("dense")))
    try original.write(to: URL(filePath: model))
    // The same file by another name.
    let same = folder.path("./model.onnx")
    let arguments = options.map {
      $0 == "MODEL" ? same : $0 == "OUT" ? folder.path("out.pith") : $0
    }
    let result = try CompressCommand.run(
      ["quantize", model, "--calibrate", Networks.calibrationImages] + arguments)
    #expect(result.status != 0 && result.error.contains("would overwrite"), "\(result.error)")
    #expect(try Data(contentsOf: URL(filePath: model)) == original)
    #expect(folder.contents == ["model.onnx"])
  }

  @Test func strippingLeavesNamesOut() throws {
    let folder = try TemporaryFolder()
    var sizes: [Int] = []
    for flags in [[], ["--strip"]] {
      let path = folder.path("out.pith")
      let result = try CompressCommand.run(
        [
          "quantize", Networks.path("cnn"), "--calibrate", Networks.calibrationImages, "--samples", "32",
          "-o", path,
        ]
          + flags)
      #expect(result.status == 0, "\(result.error)")
      sizes.append(try Data(contentsOf: URL(filePath: path)).count)
    }
    #expect(sizes[1] < sizes[0])
  }
}
