/// −x.
public struct Neg: NumericFunction {
  public static let name = "Neg"

  public init() {}

  public func value(_ x: Double) -> Double { -x }

  public func derivative(_ x: Double) -> Double { -1 }

  public func value(_ x: Int64) -> Int64 { 0 &- x }
}

/// |x|.
public struct Abs: NumericFunction {
  public static let name = "Abs"

  public init() {}

  public func value(_ x: Double) -> Double { abs(x) }

  public func derivative(_ x: Double) -> Double { x > 0 ? 1 : x < 0 ? -1 : 0 }

  public func value(_ x: Int64) -> Int64 { x < 0 ? 0 &- x : x }
}

/// −1, 0 or 1.
public struct Sign: NumericFunction {
  public static let name = "Sign"

  public init() {}

  public func value(_ x: Double) -> Double { x > 0 ? 1 : x < 0 ? -1 : x }

  public func derivative(_ x: Double) -> Double { 0 }

  public func value(_ x: Int64) -> Int64 { x.signum() }
}
