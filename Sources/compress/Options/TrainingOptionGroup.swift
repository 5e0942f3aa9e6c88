import ArgumentParser
import Pith

/// How to train: the options that the commands that train have in common. Each command has its own defaults.
struct TrainingOptionGroup: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "What is made small. auto, the default, looks at the network's end and the labels.", valueName: "loss"))
  var loss: LossKind?

  @Option(help: "How weights follow their gradients. Default: adam.")
  var optimizer: OptimizerKind?

  @Option(
    help: ArgumentHelp(
      "The learning rate. Default: 0.001, of prune 0.002, of quantize --finetune 0.0001.", valueName: "rate")
  )
  var lr: Double?

  @Option(
    name: .customLong("batch"), help: ArgumentHelp("Samples a step. Default: 128.", valueName: "samples"))
  var batchSize: Int?

  @Option(help: "Of the samples' order, augmentation, dropout and fresh weights. Default: 0.")
  var seed: UInt64?

  @Option(
    name: .customLong("lr-schedule"),
    help: ArgumentHelp("\(LearningRateSchedule.forms). Default: cosine.", valueName: "schedule"))
  var schedule: LearningRateSchedule?

  @Option(
    name: .customLong("warmup"),
    help: ArgumentHelp(
      "Let the rate rise at first: epochs, or a share of the run as 10%.", valueName: "epochs"))
  var warmUp: WarmUp?

  @Option(help: "Of momentum, nesterov and rmsprop. Default: 0.9, for rmsprop 0.")
  var momentum: Double?

  @Option(
    help: ArgumentHelp(
      "L2 on matrices and filters; decoupled for adamw. Default: 0, for adamw 0.01.", valueName: "decay"))
  var weightDecay: Double?

  @Flag(help: "Let biases and the scales of batch norm decay, too.")
  var decayAll = false

  @Option(help: ArgumentHelp("L1 on what decays. Default: 0.", valueName: "weight"))
  var l1: Double?

  @Option(help: ArgumentHelp("The most that the gradient's norm may be.", valueName: "norm"))
  var clipNorm: Double?

  @Option(help: ArgumentHelp("Spread this share of each label over all classes.", valueName: "share"))
  var labelSmoothing: Double?

  @Option(help: ArgumentHelp("The ratio of every Dropout node.", valueName: "ratio"))
  var dropout: Double?

  @Option(
    name: .customLong("augment"), help: ArgumentHelp("\(Augmentation.forms)", valueName: "list"),
    transform: { try Augmentation($0) })
  var augmentation: Augmentation?

  @Option(
    help: ArgumentHelp(
      "Hold out this share of the training samples, to watch the loss on. Default: 0; with --patience 0.1.",
      valueName: "share"))
  var holdout: Double?

  @Option(
    help: ArgumentHelp(
      "Stop after so many epochs without a better loss on held-out samples, and go back to the best.",
      valueName: "epochs"))
  var patience: Int?

  @Option(
    name: .customLong("ema"),
    help: ArgumentHelp(
      "Give the moving average of the weights, which keeps this share of itself each step, as 0.999.",
      valueName: "decay"))
  var averageDecay: Double?

  @Option(
    name: .customLong("freeze"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Do not train a weight or node, by name, nor make its weights zero; a star at the end stands for any ending. May be repeated.",
      valueName: "name"))
  var frozen: [String] = []

  /// What the options say, over a command's defaults.
  func options(epochs: Int, over defaults: TrainingOptions = TrainingOptions()) -> TrainingOptions {
    var options = defaults
    options.epochs = epochs
    options.batchSize = batchSize ?? options.batchSize
    options.seed = seed ?? options.seed
    options.loss = loss ?? options.loss
    options.labelSmoothing = labelSmoothing ?? options.labelSmoothing
    options.optimizer.kind = optimizer ?? options.optimizer.kind
    options.optimizer.learningRate = lr ?? options.optimizer.learningRate
    options.optimizer.momentum = momentum ?? options.optimizer.momentum
    options.schedule = schedule ?? options.schedule
    options.warmUp = warmUp ?? options.warmUp
    options.weightDecay = weightDecay ?? options.weightDecay
    options.decaysAll = decayAll || options.decaysAll
    options.l1 = l1 ?? options.l1
    options.clipNorm = clipNorm ?? options.clipNorm
    options.dropout = dropout ?? options.dropout
    options.holdout = holdout ?? options.holdout
    options.patience = patience ?? options.patience
    options.averageDecay = averageDecay ?? options.averageDecay
    options.frozen += frozen
    return options
  }

  /// Checks what the options say.
  /// - Throws: `ValidationError` naming what is out of its range.
  func validate() throws {
    do {
      try options(epochs: 1).validate()
    } catch let error as TrainingError {
      throw ValidationError(error.description)
    }
  }
}

extension OptimizerKind: ExpressibleByArgument {}

extension LossKind: ExpressibleByArgument {
  public init?(argument: String) { self.init(name: argument) }
}

extension LearningRateSchedule: ExpressibleByArgument {
  public init?(argument: String) { self.init(text: argument) }
}

extension WarmUp: ExpressibleByArgument {
  public init?(argument: String) { self.init(text: argument) }
}
