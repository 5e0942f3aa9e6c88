/// In which order a recurrent layer reads its sequence.
public enum RecurrentDirection: String, Sendable, Hashable, CaseIterable {
  case forward
  case reverse
  case bidirectional

  /// Cells that run over the sequence: D in the shapes of weights and outputs.
  public var count: Int { self == .bidirectional ? 2 : 1 }

  /// Whether the cell of that number runs from the last step to the first.
  public func isReversed(_ cell: Int) -> Bool { self == .reverse || cell == 1 }
}
