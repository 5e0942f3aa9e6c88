import ArgumentParser
import Pith

/// Quantization-aware training, as `compress quantize` takes it.
struct FineTuningOptions: ParsableArguments {
  @Option(
    name: .customLong("finetune"),
    help: ArgumentHelp(
      "Train for so many epochs with the rounding of the integer kernels in the loop.", valueName: "epochs"))
  var epochs: Int?

  @Option(
    name: .customLong("train"),
    help: ArgumentHelp("With --finetune: samples to train on.", valueName: "data"))
  var training: String?

  @Option(
    help: ArgumentHelp(
      "The share of the loss that the fp32 network's probabilities have, from 0 to 1; the labels have the rest. "
        + "Default: \(QuantizationJob.FineTuning.usualSoftTargets), and 1 without labels.", valueName: "share"
    ))
  var softTargets: Double?

  @Option(
    help: ArgumentHelp("What logits are divided by for these probabilities.", valueName: "number"))
  var softTemperature = 1.0

  @Flag(help: "Go on from the checkpoint of an interrupted fine-tuning, where there is one.")
  var resume = false

  @Option(help: ArgumentHelp("Where to keep it. Default: OUT.pith.checkpoint.", valueName: "file"))
  var checkpoint: String?

  func validate() throws {
    if let epochs {
      guard (1...1_000_000).contains(epochs) else {
        throw ValidationError("--finetune must be from 1 to 1,000,000 epochs")
      }
      guard training != nil else {
        throw ValidationError("--finetune needs samples to train on: --train DATA")
      }
    }
    if epochs == nil {
      for (option, isGiven) in [("--soft-targets", softTargets != nil), ("--checkpoint", checkpoint != nil)]
      where isGiven { throw ValidationError("\(option) has no meaning without --finetune EPOCHS") }
    }
    if let softTargets, !(0...1).contains(softTargets) {
      throw ValidationError("--soft-targets must be from 0 to 1")
    }
    guard softTemperature > 0, softTemperature.isFinite else {
      throw ValidationError("--soft-temperature must be above 0")
    }
  }

  func checkpointPath(_ outputPath: String) -> String { checkpoint ?? outputPath + ".checkpoint" }

  /// Nil where no fine-tuning is asked for.
  func request(
    _ settings: TrainingOptionGroup, _ data: DataOptions, outputPath: String
  ) throws -> QuantizationJob.FineTuning? {
    guard let epochs, let training else { return nil }
    return QuantizationJob.FineTuning(
      training: try data.dataSet(training),
      options: settings.options(epochs: epochs, over: QuantizationJob.FineTuning.usualOptions),
      augmentation: settings.augmentation ?? .none, softTargets: softTargets, temperature: softTemperature,
      resumes: resume, checkpointPath: checkpointPath(outputPath))
  }
}
