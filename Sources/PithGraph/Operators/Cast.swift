/// The same numbers as another type; floating-point to integer truncates.
public struct Cast: Operator {
  public static let name = "Cast"
  public static let operandCount = 1...1

  public var element: ElementType

  public init(to element: ElementType) { self.element = element }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.type(0)
    return [ValueType(element, type.shape).withContents(operands.contents(0))]
  }
}
