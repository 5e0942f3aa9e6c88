/// The same numbers as another type; floating-point to integer truncates.
public struct Cast: Operator {
  public static let name = "Cast"
  public static let operandCount = 1...1

  public var element: ElementType

  public init(to element: ElementType) { self.element = element }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.type(0)
    var contents = operands.contents(0)
    // A size is positive, so that a name is true.
    if element == .bool { contents = contents?.map { $0 == 0 ? 0 : 1 } }
    return [ValueType(element, type.shape).withContents(contents)]
  }
}
