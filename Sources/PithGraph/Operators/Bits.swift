/// A function of the bits of two integers, with broadcasting.
public protocol BitwiseFunction: Operator {
  func value<T: FixedWidthInteger>(_ a: T, _ b: T) -> T
}

extension BitwiseFunction {
  public static var operandCount: ClosedRange<Int> { 2...2 }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    _ = try operands.integral(0)
    let type = try operands.elementwise()
    return [type.withContents(operands.combinedContents(type.shape) { (value($0, $1), false) })]
  }
}

/// The bits that both have.
public struct BitwiseAnd: BitwiseFunction {
  public static let name = "BitwiseAnd"

  public init() {}

  public func value<T: FixedWidthInteger>(_ a: T, _ b: T) -> T { a & b }
}

/// The bits that one has, or both.
public struct BitwiseOr: BitwiseFunction {
  public static let name = "BitwiseOr"

  public init() {}

  public func value<T: FixedWidthInteger>(_ a: T, _ b: T) -> T { a | b }
}

/// The bits that one has, but not both.
public struct BitwiseXor: BitwiseFunction {
  public static let name = "BitwiseXor"

  public init() {}

  public func value<T: FixedWidthInteger>(_ a: T, _ b: T) -> T { a ^ b }
}

/// a with its bits moved by b places; what leaves is lost, and zeros come in.
public struct BitShift: BitwiseFunction {
  public static let name = "BitShift"

  /// Whether bits move towards the higher places.
  public var isLeft: Bool
  /// The bits that the numbers have in the file that they come from, where they are held in a wider type; else 64.
  public var bitWidth: Int

  public init(isLeft: Bool, bitWidth: Int = 64) {
    self.isLeft = isLeft
    self.bitWidth = bitWidth
  }

  public func value<T: FixedWidthInteger>(_ a: T, _ b: T) -> T {
    guard b >= 0, b < Swift.min(T.bitWidth, bitWidth) else { return 0 }
    guard isLeft else { return T(truncatingIfNeeded: T.Magnitude(truncatingIfNeeded: a) >> b) }
    let moved = a << b
    guard bitWidth < T.bitWidth else { return moved }
    return moved & ((1 << T(truncatingIfNeeded: bitWidth)) - 1)
  }
}

/// The bits that x has not.
public struct BitwiseNot: Operator {
  public static let name = "BitwiseNot"
  public static let operandCount = 1...1

  /// The largest number that the type has in the file that it comes from, where that is unsigned; else −1, all bits.
  public var mask: Int

  public init(mask: Int = -1) { self.mask = mask }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] { [try operands.integral(0)] }
}
