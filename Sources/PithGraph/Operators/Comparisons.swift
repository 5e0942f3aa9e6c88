/// a = b.
public struct Equal: Comparison {
  public static let name = "Equal"

  public init() {}

  public func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a == b }
}

/// a < b.
public struct Less: Comparison {
  public static let name = "Less"

  public init() {}

  public func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a < b }
}

/// a ≤ b.
public struct LessOrEqual: Comparison {
  public static let name = "LessOrEqual"

  public init() {}

  public func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a <= b }
}

/// a > b.
public struct Greater: Comparison {
  public static let name = "Greater"

  public init() {}

  public func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a > b }
}

/// a ≥ b.
public struct GreaterOrEqual: Comparison {
  public static let name = "GreaterOrEqual"

  public init() {}

  public func holds<T: Comparable>(_ a: T, _ b: T) -> Bool { a >= b }
}
