/// Whether x is not a number.
public struct IsNaN: Operator {
  public static let name = "IsNaN"
  public static let operandCount = 1...1

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    [ValueType(.bool, try operands.floatingPoint().shape)]
  }
}

/// Whether x is infinite.
public struct IsInf: Operator {
  public static let name = "IsInf"
  public static let operandCount = 1...1

  /// Whether −∞ counts.
  public var detectsNegative: Bool
  /// Whether +∞ counts.
  public var detectsPositive: Bool

  public init(detectsNegative: Bool = true, detectsPositive: Bool = true) {
    self.detectsNegative = detectsNegative
    self.detectsPositive = detectsPositive
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    [ValueType(.bool, try operands.floatingPoint().shape)]
  }
}
