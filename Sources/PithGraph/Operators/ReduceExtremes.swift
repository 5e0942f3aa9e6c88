/// The largest element over axes. Operands: data, and optionally the axes; without them, over all.
public struct ReduceMax: Reduction {
  public static let name = "ReduceMax"

  public var keepsDimensions: Bool
  public var emptyMeansNone: Bool

  public init(keepsDimensions: Bool = true, emptyMeansNone: Bool = false) {
    self.keepsDimensions = keepsDimensions
    self.emptyMeansNone = emptyMeansNone
  }

  public static func combined(_ elements: [Int]) -> Int? { elements.max() }
}

/// The smallest element over axes. Operands: data, and optionally the axes; without them, over all.
public struct ReduceMin: Reduction {
  public static let name = "ReduceMin"

  public var keepsDimensions: Bool
  public var emptyMeansNone: Bool

  public init(keepsDimensions: Bool = true, emptyMeansNone: Bool = false) {
    self.keepsDimensions = keepsDimensions
    self.emptyMeansNone = emptyMeansNone
  }

  public static func combined(_ elements: [Int]) -> Int? { elements.min() }
}
