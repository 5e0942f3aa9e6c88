import Foundation
import PithTrain
import Testing

@Suite struct ScheduleTests {
  private func rates(_ schedule: LearningRateSchedule, _ warmUp: WarmUp = .none, epochs: Int = 10) -> [Double]
  {
    let rates = LearningRates(
      base: 2, schedule: schedule, warmUp: warmUp, totalSteps: 4 * epochs, stepsPerEpoch: 4)
    return (0..<4 * epochs).map(rates.rate)
  }

  @Test func constantStaysAndStepsFall() {
    #expect(rates(.constant).allSatisfy { $0 == 2 })
    let steps = rates(.step(every: 3, gamma: 0.5))
    for (step, rate) in steps.enumerated() { #expect(rate == 2 * pow(0.5, Double(step / 4 / 3))) }
    let milestones = rates(.milestones([2, 7], gamma: 0.1))
    #expect(milestones[7] == 2)
    #expect(abs(milestones[8] - 0.2) < 1e-15)
    #expect(abs(milestones[28] - 0.02) < 1e-15)
  }

  @Test func cosineAndLineGoFromTheRateToTheFloor() {
    for (schedule, half) in [(LearningRateSchedule.cosine(), 1.0), (.linear(floor: 0.5), 1.5)] {
      let values = rates(schedule)
      #expect(values[0] == 2)
      #expect(abs(values[20] - half) < 1e-12)
      #expect(zip(values, values.dropFirst()).allSatisfy { $0 >= $1 })
    }
    #expect(rates(.linear(floor: 0.5)).allSatisfy { $0 >= 1 })
  }

  @Test func warmUpRisesStepByStep() {
    let values = rates(.cosine(), .epochs(2))
    for step in 0..<8 { #expect(values[step] == 2 * Double(step + 1) / 8) }
    #expect(values[8] == 2)
    #expect(abs(values[8 + 16] - 1) < 1e-12)
    #expect(WarmUp.fraction(0.25).steps(of: 40, stepsPerEpoch: 4) == 10)
    // As long as the run, or longer.
    #expect(rates(.cosine(), .epochs(20)).last == 2)
  }

  @Test(arguments: [
    ("constant", LearningRateSchedule.constant), ("cosine", .cosine()), ("cosine:0.01", .cosine(floor: 0.01)),
    ("linear", .linear()), ("step:30", .step(every: 30, gamma: 0.1)),
    ("step:30:0.5", .step(every: 30, gamma: 0.5)),
    ("step:82,123:0.1", .milestones([82, 123], gamma: 0.1)),
  ])
  func isReadAsItIsWritten(_ text: String, _ schedule: LearningRateSchedule) {
    #expect(LearningRateSchedule(text: text) == schedule)
    #expect(LearningRateSchedule(text: schedule.text) == schedule)
  }

  @Test(arguments: [
    "", "cosin", "cosine:2", "cosine:", "step", "step:0", "step:a", "step:3:x", "step:3:0", "linear:0:0",
  ])
  func othersAreRefused(_ text: String) { #expect(LearningRateSchedule(text: text) == nil) }

  @Test func warmUpIsReadAsItIsWritten() {
    #expect(WarmUp(text: "2") == .epochs(2))
    #expect(WarmUp(text: "0.5") == .epochs(0.5))
    #expect(WarmUp(text: "10%") == .fraction(0.1))
    for text in ["", "-1", "x", "101%", "inf", "nan"] { #expect(WarmUp(text: text) == nil, "\(text)") }
    #expect(WarmUp(text: WarmUp.fraction(0.25).text) == .fraction(0.25))
    #expect(WarmUp(text: WarmUp.epochs(3).text) == .epochs(3))
  }

  @Test func optionsOutOfRangeAreRefused() throws {
    let changes: [(inout TrainingOptions) -> Void] = [
      { $0.epochs = 0 }, { $0.batchSize = 0 }, { $0.optimizer.learningRate = 0 },
      { $0.optimizer.learningRate = .infinity }, { $0.labelSmoothing = 1 }, { $0.holdout = 1 },
      { $0.patience = 0 }, { $0.clipNorm = 0 }, { $0.averageDecay = 1 }, { $0.dropout = -0.1 },
      { $0.weightDecay = -1 }, { $0.l1 = .nan }, { $0.optimizer.momentum = 1 },
    ]
    try TrainingOptions().validate()
    for change in changes {
      var options = TrainingOptions()
      change(&options)
      #expect(throws: TrainingError.self) { try options.validate() }
    }
  }
}
