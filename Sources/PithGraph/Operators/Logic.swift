/// A function of two truth values, with broadcasting.
public protocol LogicalFunction: Operator {
  func value(_ a: Bool, _ b: Bool) -> Bool
}

extension LogicalFunction {
  public static var operandCount: ClosedRange<Int> { 2...2 }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    _ = try operands.type(0, .bool)
    let type = try operands.elementwise()
    return [
      type.withContents(
        operands.combinedContents(type.shape) { (value($0 != 0, $1 != 0) ? 1 : 0, false) })
    ]
  }
}

/// Whether both are true.
public struct And: LogicalFunction {
  public static let name = "And"

  public init() {}

  public func value(_ a: Bool, _ b: Bool) -> Bool { a && b }
}

/// Whether one is true, or both.
public struct Or: LogicalFunction {
  public static let name = "Or"

  public init() {}

  public func value(_ a: Bool, _ b: Bool) -> Bool { a || b }
}

/// Whether one is true, but not both.
public struct Xor: LogicalFunction {
  public static let name = "Xor"

  public init() {}

  public func value(_ a: Bool, _ b: Bool) -> Bool { a != b }
}

/// Whether x is false.
public struct Not: Operator {
  public static let name = "Not"
  public static let operandCount = 1...1

  public init() {}

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.type(0, .bool)
    let flags = type.contents?.compactMap(\.size)
    guard let flags, flags.count == type.contents?.count else { return [ValueType(.bool, type.shape)] }
    return [type.withContents(flags.map { .fixed($0 == 0 ? 1 : 0) })]
  }
}
