extension LearningRateSchedule {
  /// What `init(text:)` takes, for help.
  public static let forms =
    "constant, cosine[:FLOOR], linear[:FLOOR], step:EPOCHS[:GAMMA], or step:E1,E2,…[:GAMMA] for given epochs"

  /// Reads `constant`, `cosine`, `cosine:0.01`, `linear`, `step:30:0.1` or `step:82,123:0.1`; nil for anything else.
  ///
  /// `step:30` divides by ten every 30 epochs. A floor is a share of the learning rate.
  public init?(text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    func number(_ index: Int, _ usual: Double) -> Double? {
      guard index < parts.count else { return usual }
      return Double(parts[index]).flatMap { (0...1).contains($0) ? $0 : nil }
    }
    switch parts.first {
    case "constant" where parts.count == 1: self = .constant
    case "cosine" where parts.count <= 2:
      guard let floor = number(1, 0) else { return nil }
      self = .cosine(floor: floor)
    case "linear" where parts.count <= 2:
      guard let floor = number(1, 0) else { return nil }
      self = .linear(floor: floor)
    case "step" where parts.count == 2 || parts.count == 3:
      let words = parts[1].split(separator: ",", omittingEmptySubsequences: false)
      let epochs = words.compactMap { Int($0) }
      guard epochs.count == words.count, epochs.allSatisfy({ $0 > 0 }), let gamma = number(2, 0.1), gamma > 0
      else { return nil }
      self = epochs.count == 1 ? .step(every: epochs[0], gamma: gamma) : .milestones(epochs, gamma: gamma)
    default: return nil
    }
  }

  /// The schedule in the words of `init(text:)`.
  public var text: String {
    switch self {
    case .constant: "constant"
    case .step(let every, let gamma): "step:\(every):\(gamma)"
    case .milestones(let epochs, let gamma): "step:\(epochs.map(String.init).joined(separator: ",")):\(gamma)"
    case .cosine(let floor): floor == 0 ? "cosine" : "cosine:\(floor)"
    case .linear(let floor): floor == 0 ? "linear" : "linear:\(floor)"
    }
  }
}

extension WarmUp {
  /// Reads `2` or `0.5` as epochs and `10%` as a share of the run; nil for anything else.
  public init?(text: String) {
    if text.hasSuffix("%") {
      guard let percent = Double(text.dropLast()), (0...100).contains(percent) else { return nil }
      self = .fraction(percent / 100)
    } else {
      guard let epochs = Double(text), (0...1_000_000).contains(epochs) else { return nil }
      self = .epochs(epochs)
    }
  }

  /// The warm-up in the words of `init(text:)`.
  public var text: String {
    switch self {
    case .epochs(let epochs): Int(exactly: epochs).map(String.init) ?? String(epochs)
    case .fraction(let fraction): "\(fraction * 100)%"
    }
  }
}
