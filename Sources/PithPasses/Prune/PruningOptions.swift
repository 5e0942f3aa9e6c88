/// What is taken out of a network.
public enum PruningStructure: String, Sendable, Hashable, CaseIterable, Codable {
  /// Whole channels and units, which are gone afterwards.
  case channel
  /// Single weights, which become zero.
  case unstructured
  /// Two of every four neighbours along the reduction axis.
  case twoOfFour = "2:4"
  /// Blocks of 16 outputs by 4 inputs.
  case block

  /// Which weights become zero; nil where channels are removed.
  public var pattern: SparsityPattern? {
    switch self {
    case .channel: nil
    case .unstructured: .unstructured
    case .twoOfFour: .twoOfFour
    case .block: .block
    }
  }
}

/// How much is to be pruned.
public enum PruningTarget: Sendable, Hashable, Codable {
  /// This share of the channels, or of the weights that take part, goes.
  case sparsity(Double)
  /// At most this share of the multiply-adds stays.
  case multiplyAdds(Double)
  /// The file has at most so many bytes.
  case bytes(Int)
  /// At most this share of the latency on the integer kernels stays.
  case latency(Double)
}

/// How a network is pruned.
public struct PruningOptions: Sendable, Hashable, Codable {
  public var structure = PruningStructure.channel
  public var target = PruningTarget.sparsity(0.5)
  /// Of channels.
  public var importance = ImportanceMethod.l2
  /// How channels are spread over layers.
  public var ratios = RatioPolicy.global
  /// Of weights.
  public var weightImportance = WeightImportance.activation
  /// Among which weights the smallest go.
  public var scope = SparsityScope.global
  public var schedule = PruningSchedule.oneShot
  public var limits = PruningLimits()

  public init() {}

  /// - Throws: `PruningOptionsError` that says which numbers do not fit.
  public func validate() throws {
    func check(_ holds: Bool, _ message: String) throws {
      if !holds { throw PruningOptionsError(message) }
    }
    switch target {
    case .sparsity(let share):
      try check(
        share > 0 && share < 1,
        "the sparsity must be between 0 and 1, not \(share)")
    case .multiplyAdds(let share):
      try check(
        share > 0 && share < 1, "the share of multiply-adds to keep must be between 0 and 1, not \(share)")
    case .bytes(let bytes): try check(bytes > 0, "the bytes to keep must be above 0, not \(bytes)")
    case .latency(let share):
      try check(
        share > 0 && share < 1, "the share of the latency to keep must be between 0 and 1, not \(share)")
    }
    if structure == .twoOfFour {
      guard case .sparsity(0.5) = target else {
        throw PruningOptionsError("2:4 takes out two of every four weights, a sparsity of 0.5 and no other")
      }
    }
    if structure != .channel {
      guard case .sparsity = target else {
        throw PruningOptionsError(
          "only removing channels changes multiply-adds, bytes and latency; give a sparsity for \(structure.rawValue)"
        )
      }
    }
    try check(
      (1...1024).contains(limits.roundTo), "channels can be rounded to 1 to 1024, not \(limits.roundTo)")
    try check(
      limits.largestRatio > 0 && limits.largestRatio < 1,
      "the largest share of a layer that may go must be between 0 and 1, not \(limits.largestRatio)")
    try check((1...1000).contains(schedule.steps), "there can be 1 to 1000 steps, not \(schedule.steps)")
  }
}

/// Options that do not fit.
public struct PruningOptionsError: Error, CustomStringConvertible {
  public var description: String
  init(_ description: String) { self.description = description }
}
