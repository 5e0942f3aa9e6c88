/// Σ |x| over axes. Operands: data, and optionally the axes; without them, over all.
public struct ReduceL1: Reduction {
  public static let name = "ReduceL1"

  public var keepsDimensions: Bool
  public var emptyMeansNone: Bool

  public init(keepsDimensions: Bool = true, emptyMeansNone: Bool = false) {
    self.keepsDimensions = keepsDimensions
    self.emptyMeansNone = emptyMeansNone
  }
}

/// √Σ x² over axes. Operands: data, and optionally the axes; without them, over all.
public struct ReduceL2: Reduction {
  public static let name = "ReduceL2"

  public var keepsDimensions: Bool
  public var emptyMeansNone: Bool

  public init(keepsDimensions: Bool = true, emptyMeansNone: Bool = false) {
    self.keepsDimensions = keepsDimensions
    self.emptyMeansNone = emptyMeansNone
  }
}

/// Σ x² over axes. Operands: data, and optionally the axes; without them, over all.
public struct ReduceSumSquare: Reduction {
  public static let name = "ReduceSumSquare"

  public var keepsDimensions: Bool
  public var emptyMeansNone: Bool

  public init(keepsDimensions: Bool = true, emptyMeansNone: Bool = false) {
    self.keepsDimensions = keepsDimensions
    self.emptyMeansNone = emptyMeansNone
  }
}
