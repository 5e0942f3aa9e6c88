/// The slices along an axis for which a condition holds. Operands: data, condition (a bool vector; what it is too short for
/// is left out).
public struct Compress: Operator {
  public static let name = "Compress"
  public static let operandCount = 2...2

  /// Nil: the data is flattened first.
  public var axis: Int?
  /// What the count is called where the condition is computed; no other axis of the graph may be called so.
  public var countName: String

  public init(axis: Int? = nil, countName: String) {
    self.axis = axis
    self.countName = countName
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.type(0)
    _ = try operands.type(1, .bool)
    _ = try operands.shape(1, rank: 1)
    var count = Dimension.symbolic(countName)
    if case .bool(let flags)? = operands.constant(1)?.storage {
      count = .fixed(flags.filter { $0 }.count)
    }
    guard let axis else { return [ValueType(type.element, [count])] }
    var shape = type.shape
    shape[try Operands.axis(axis, rank: shape.rank)] = count
    return [ValueType(type.element, shape)]
  }
}
