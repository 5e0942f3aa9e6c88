import Pith
import Testing

@testable import compress

@Suite struct TrainingOptionsTests {
  private func train(_ options: [String]) throws -> Train {
    try Train.parse(["model.onnx", "--train", "train.csv", "-o", "out.onnx"] + options)
  }

  @Test func withoutOptionsTheDefaultsHold() throws {
    let command = try train([])
    #expect(command.settings.options(epochs: command.epochs) == TrainingOptions())
    #expect(command.initialization == .weights)
    #expect(command.settings.augmentation == nil)
  }

  @Test func everyOptionHasItsEffect() throws {
    let command = try train([
      "--loss", "bce", "--optimizer", "rmsprop", "--lr", "0.5", "--epochs", "7", "--batch", "3", "--seed",
      "9",
      "--lr-schedule", "step:4:0.5", "--warmup", "10%", "--momentum", "0.8", "--weight-decay", "0.01",
      "--decay-all",
      "--l1", "0.001", "--clip-norm", "2", "--label-smoothing", "0.1", "--dropout", "0.3", "--holdout", "0.2",
      "--patience", "4", "--ema", "0.99", "--freeze", "conv1*", "--freeze", "bias", "--augment",
      "crop:2,flip",
    ])
    var expected = TrainingOptions()
    (expected.loss, expected.epochs, expected.batchSize, expected.seed) = (.binaryCrossEntropy, 7, 3, 9)
    expected.optimizer = OptimizerOptions(.rmsprop, learningRate: 0.5, momentum: 0.8)
    (expected.schedule, expected.warmUp) = (.step(every: 4, gamma: 0.5), .fraction(0.1))
    (expected.weightDecay, expected.decaysAll, expected.l1) = (0.01, true, 0.001)
    (expected.clipNorm, expected.labelSmoothing, expected.dropout) = (2, 0.1, 0.3)
    (expected.holdout, expected.patience, expected.averageDecay) = (0.2, 4, 0.99)
    expected.frozen = ["conv1*", "bias"]
    #expect(command.settings.options(epochs: command.epochs) == expected)
    let augmentation = try Augmentation("crop:2,flip")
    #expect(command.settings.augmentation == augmentation)
  }

  @Test func aCommandsOwnDefaultsHoldWhereNothingIsSaid() throws {
    var defaults = TrainingOptions()
    defaults.optimizer = OptimizerOptions(.nesterov, learningRate: 0.02)
    defaults.labelSmoothing = 0.05
    let options = try train(["--lr", "0.1"]).settings.options(epochs: 3, over: defaults)
    #expect(options.optimizer == OptimizerOptions(.nesterov, learningRate: 0.1))
    #expect(options.labelSmoothing == 0.05)
    #expect(options.epochs == 3)
  }

  @Test(arguments: [
    ["--lr", "-1"], ["--lr", "nan"], ["--momentum", "1"], ["--patience", "0"], ["--holdout", "1"],
    ["--lr-schedule", "x"], ["--warmup", "x"], ["--loss", "x"], ["--augment", "spin"], ["--init", "zero"],
    ["--batch", "0"], ["--seed", "-1"], ["--threads", "0"], ["--epochs", "0"],
  ])
  func whatIsOutOfRangeIsRefused(_ options: [String]) {
    #expect(throws: (any Error).self) { try train(options) }
  }

  @Test func anEpochIsALine() {
    let record = EpochRecord(
      epoch: 3, trainingLoss: 0.41234, trainingAccuracy: 0.9, evaluationLoss: 0.5, evaluationAccuracy: 0.875,
      learningRate: 0.1, seconds: 12.3)
    #expect(
      EpochText.line(record, of: 10)
        == "epoch 3/10  loss 0.4123  accuracy 90.00 %  watched loss 0.5000  watched accuracy 87.50 %  13 s")
  }

  @Test func aResumedStageKnowsHowLongItTakes() {
    let text = ProgressText(stage: "train", done: 60, total: 100, elapsed: 5, doneBefore: 50)
    #expect(text.line(width: 100).hasSuffix("60/100  20 s left"))
    let begun = ProgressText(stage: "train", done: 50, total: 100, elapsed: 5, doneBefore: 50)
    #expect(begun.line(width: 100).contains("50/100"))
  }
}
