import Foundation

/// How the learning rate goes down over a run.
public enum LearningRateSchedule: Codable, Hashable, Sendable {
  case constant
  /// Times `gamma` after every so many epochs.
  case step(every: Int, gamma: Double)
  /// Times `gamma` after each of these epochs.
  case milestones([Int], gamma: Double)
  /// Half a cosine from 1 down to `floor` (Loshchilov and Hutter, "SGDR", 2017), without restarts.
  case cosine(floor: Double = 0)
  /// A straight line from 1 down to `floor`.
  case linear(floor: Double = 0)
}

/// The learning rate's linear rise at the beginning of a run.
public enum WarmUp: Codable, Hashable, Sendable {
  case epochs(Double)
  /// Of the whole run, from 0 to 1.
  case fraction(Double)

  public static let none = WarmUp.epochs(0)

  /// How many steps it takes.
  public func steps(of total: Int, stepsPerEpoch: Int) -> Int {
    let wanted =
      switch self {
      case .epochs(let epochs): epochs * Double(stepsPerEpoch)
      case .fraction(let fraction): fraction * Double(total)
      }
    return Int(max(0, min(Double(total), wanted.rounded())))
  }
}

/// A learning rate for every step of a run.
public struct LearningRates: Sendable {
  public var base: Double
  public var schedule: LearningRateSchedule
  public var warmUpSteps: Int
  public var totalSteps: Int
  public var stepsPerEpoch: Int

  public init(
    base: Double, schedule: LearningRateSchedule, warmUp: WarmUp, totalSteps: Int, stepsPerEpoch: Int
  ) {
    self.base = base
    self.schedule = schedule
    self.totalSteps = max(1, totalSteps)
    self.stepsPerEpoch = max(1, stepsPerEpoch)
    warmUpSteps = warmUp.steps(of: self.totalSteps, stepsPerEpoch: self.stepsPerEpoch)
  }

  /// The rate of step `step`, from 0. While warming up, step k of n has (k + 1) / n of the rate; after that the schedule
  /// runs from its beginning to the end of the run, except that epochs are counted from the run's beginning.
  public func rate(_ step: Int) -> Double { base * factor(step) }

  private func factor(_ step: Int) -> Double {
    if step < warmUpSteps { return Double(step + 1) / Double(warmUpSteps) }
    let rest = totalSteps - warmUpSteps
    let done = rest > 0 ? min(1, Double(step - warmUpSteps) / Double(rest)) : 1
    let epoch = step / stepsPerEpoch
    switch schedule {
    case .constant: return 1
    case .step(let every, let gamma): return pow(gamma, Double(epoch / max(1, every)))
    case .milestones(let epochs, let gamma): return pow(gamma, Double(epochs.count(where: { $0 <= epoch })))
    case .cosine(let floor): return floor + (1 - floor) * 0.5 * (1 + cos(.pi * done))
    case .linear(let floor): return floor + (1 - floor) * (1 - done)
    }
  }
}
