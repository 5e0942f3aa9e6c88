/// An operator that finds an extreme along an axis.
public protocol ArgExtreme: Operator {
  var axis: Int { get }
  /// Whether the axis stays as an axis of 1.
  var keepsDimensions: Bool { get }
  /// Which of several equal elements counts: the last instead of the first.
  var selectsLast: Bool { get }

  init(axis: Int, keepsDimensions: Bool, selectsLast: Bool)
}

extension ArgExtreme {
  public static var operandCount: ClosedRange<Int> { 1...1 }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.numeric(0)
    var sizes = type.shape.dimensions
    let axis = try Operands.axis(axis, rank: sizes.count)
    guard sizes[axis] != 0 else { throw GraphError("axis \(axis) has no elements to find one of") }
    if keepsDimensions { sizes[axis] = 1 } else { sizes.remove(at: axis) }
    return [ValueType(.int64, Shape(sizes))]
  }
}

/// Where along an axis the largest element is, as int64.
public struct ArgMax: ArgExtreme {
  public static let name = "ArgMax"

  public var axis: Int
  public var keepsDimensions: Bool
  public var selectsLast: Bool

  public init(axis: Int = 0, keepsDimensions: Bool = true, selectsLast: Bool = false) {
    self.axis = axis
    self.keepsDimensions = keepsDimensions
    self.selectsLast = selectsLast
  }
}

/// Where along an axis the smallest element is, as int64.
public struct ArgMin: ArgExtreme {
  public static let name = "ArgMin"

  public var axis: Int
  public var keepsDimensions: Bool
  public var selectsLast: Bool

  public init(axis: Int = 0, keepsDimensions: Bool = true, selectsLast: Bool = false) {
    self.axis = axis
    self.keepsDimensions = keepsDimensions
    self.selectsLast = selectsLast
  }
}
