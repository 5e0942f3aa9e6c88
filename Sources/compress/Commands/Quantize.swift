import ArgumentParser
import Foundation
import Pith

struct Quantize: ReportingCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes an int8 .pith file of a trained network, and says what it cost.",
    discussion: """
      \(DataOptions.forms)
      Labels are not needed to calibrate.

      --finetune trains the network for some epochs with the rounding of the integer kernels in the loop, and its scales \
      with it; labels are optional, as the fp32 network teaches too. OUT.pith.checkpoint holds where it stands.

      A model that is quantized already, of TensorFlow Lite or ONNX (QuantizeLinear and DequantizeLinear), keeps its \
      scales, zero points and integer weights, and needs no --calibrate.

      Examples:
        compress quantize model.onnx --calibrate images.idx.gz -o model.pith
        compress quantize model.onnx --calibrate train.npz --samples 1000 --method mse \\
            --eval test.npz:x,y --report report.html -o model.pith
        compress quantize model.onnx --calibrate cifar.data.yaml --strict -o model.pith
        compress quantize model.onnx --calibrate train.npz --finetune 3 --train train.npz --eval test.npz -o model.pith
        compress quantize model.keras --calibrate train.npz -o model.pith
        compress quantize model_int8.tflite -o model.pith
      """)

  @Argument(help: ModelFile.help, completion: ModelFile.completion)
  var model: String

  @Option(help: ArgumentHelp("Samples that activation ranges are measured on.", valueName: "data"))
  var calibrate: String?

  @Option(help: "How many samples to calibrate on, evenly spread over the data.")
  var samples = 512

  @Option(help: "How ranges are chosen: minmax, percentile, mse or entropy.")
  var method: RangeMethod = .minmax

  @Option(
    name: .customLong("eval"),
    help: ArgumentHelp("Labelled samples to score fp32 and int8 on.", valueName: "data"))
  var evaluation: String?

  @Flag(help: "Fail where anything but a Softmax at the end would stay in fp32.")
  var strict = false

  @Option(help: ArgumentHelp("Write a report with plots as one HTML file.", valueName: "out.html"))
  var report: String?

  @Option(name: [.customShort("o"), .customLong("output")], help: "The .pith file to write.")
  var outputPath: String

  @Option(help: ArgumentHelp("Keep a node in fp32, by name; may be repeated.", valueName: "node"))
  var exclude: [String] = []

  @Flag(inversion: .prefixedNo, help: "Correct biases for the weights' rounding.")
  var biasCorrection = true

  @Flag(inversion: .prefixedNo, help: "Equalize channels around depthwise convolutions.")
  var equalize = true

  @Flag(help: "Leave names out of the file.")
  var strip = false

  @Option(
    help: ArgumentHelp(
      "What decides how a layer with zero blocks of weights is stored: speed or size.",
      discussion: "A block is 16 outputs by 4 inputs; compress prune --structure block makes them zero."))
  var prefer: ProgramPreference = .speed

  @Option(
    help: ArgumentHelp(
      "Plan tiles and loops for one kind of kernels: avx2, avx-vnni, avx512-vnni, or host, the best of this machine.",
      discussion: "The file runs everywhere; by default the runtime decides. compress tune measures.",
      valueName: "kernels"))
  var target: PlanTarget?

  @Option(
    help: ArgumentHelp(
      "Also write ONNX with QuantizeLinear/DequantizeLinear at the same scales.", valueName: "out.onnx"))
  var exportQdq: String?

  @Option(
    help: ArgumentHelp(
      "An input that a streaming network remembers, and the output that it is in the next run; may be repeated.",
      discussion: """
        The program keeps it from run to run, where pith_reset, pith_save and pith_restore reach it. Samples are \
        sequences of their own, which begin with zeros. Layers of Keras with stateful=True need no option.
        """, valueName: "input=output"))
  var state: [String] = []

  @OptionGroup var shapes: ShapeOptions

  @OptionGroup(title: "Fine-tuning") var fineTuning: FineTuningOptions

  @Option(help: "Threads to calibrate, train and score with; by default all processors.")
  var threads: Int = ProcessInfo.processInfo.activeProcessorCount

  @OptionGroup(title: "How to fine-tune") var training: TrainingOptionGroup
  @OptionGroup var data: DataOptions
  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard samples > 0 else { throw ValidationError("--samples must be at least 1") }
    guard threads > 0, threads <= 1024 else { throw ValidationError("--threads must be from 1 to 1024") }
    _ = try states()
    try Paths.check(
      outputs: [
        "-o": outputPath, "--report": report, "--export-qdq": exportQdq,
        "--checkpoint": fineTuning.epochs == nil ? nil : fineTuning.checkpointPath(outputPath),
      ],
      inputs: [
        "the model": model, "--calibrate": calibrate, "--eval": evaluation, "--train": fineTuning.training,
      ])
    try Paths.check(outputPath, isProgram: true)
  }

  /// What `--state` says, output by input.
  private func states() throws -> [String: String] {
    var result: [String: String] = [:]
    for pair in state {
      let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2, result.updateValue(parts[1], forKey: parts[0]) == nil else {
        throw ValidationError(
          "--state takes the name of an input, once, and of an output: INPUT=OUTPUT, not '\(pair)'")
      }
    }
    return result
  }

  func perform(_ line: ProgressLine) throws -> any Report {
    try Paths.checkFolders(["-o": outputPath, "--report": report, "--export-qdq": exportQdq])
    Parallelism.threadCount = threads
    let settings = QuantizationSettings(
      method: method, correctsBias: biasCorrection, equalizes: equalize, excluded: Set(exclude),
      states: try states())
    var request = QuantizationJob.Request(
      modelPath: model, calibration: try calibrate.map { try data.dataSet($0) }, samples: samples,
      settings: settings,
      evaluation: try evaluation.map { try data.dataSet($0) }, isStrict: strict, outputPath: outputPath,
      qdqPath: exportQdq, reportPath: report, threads: threads, keepsNames: !strip, preference: prefer,
      fineTuning: try fineTuning.request(training, data, outputPath: outputPath),
      command: CommandText.current)
    request.inputShapes = shapes.shapes
    request.target = target?.program
    return try QuantizationJob(request, events: line.trainingEvents).run()
  }
}

extension RangeMethod: ExpressibleByArgument {}
extension ProgramPreference: ExpressibleByArgument {}
