/// Π x over axes. Operands: data, and optionally the axes; without them, over all.
public struct ReduceProd: Reduction {
  public static let name = "ReduceProd"

  public var keepsDimensions: Bool
  public var emptyMeansNone: Bool

  public init(keepsDimensions: Bool = true, emptyMeansNone: Bool = false) {
    self.keepsDimensions = keepsDimensions
    self.emptyMeansNone = emptyMeansNone
  }

  public static func combined(_ elements: [Int]) -> Int? {
    var total: Int? = 1
    for element in elements {
      guard let sum = total?.multipliedReportingOverflow(by: element) else { return nil }
      total = sum.overflow ? nil : sum.partialValue
    }
    return total
  }

  public static func combined(_ elements: [Dimension]) -> Dimension? { try? Dimension.product(elements) }
}
