/// ln Σ x over axes. Operands: data, and optionally the axes; without them, over all.
public struct ReduceLogSum: Reduction {
  public static let name = "ReduceLogSum"

  public var keepsDimensions: Bool
  public var emptyMeansNone: Bool

  public init(keepsDimensions: Bool = true, emptyMeansNone: Bool = false) {
    self.keepsDimensions = keepsDimensions
    self.emptyMeansNone = emptyMeansNone
  }
}

/// ln Σ eˣ over axes. Operands: data, and optionally the axes; without them, over all.
public struct ReduceLogSumExp: Reduction {
  public static let name = "ReduceLogSumExp"

  public var keepsDimensions: Bool
  public var emptyMeansNone: Bool

  public init(keepsDimensions: Bool = true, emptyMeansNone: Bool = false) {
    self.keepsDimensions = keepsDimensions
    self.emptyMeansNone = emptyMeansNone
  }
}
