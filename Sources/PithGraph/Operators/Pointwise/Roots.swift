/// √x.
public struct Sqrt: PointwiseFunction {
  public static let name = "Sqrt"

  public init() {}

  public func value(_ x: Double) -> Double { x.squareRoot() }

  public func derivative(_ x: Double) -> Double { 0.5 / x.squareRoot() }
}

/// 1 / x.
public struct Reciprocal: PointwiseFunction {
  public static let name = "Reciprocal"

  public init() {}

  public func value(_ x: Double) -> Double { 1 / x }

  public func derivative(_ x: Double) -> Double { -1 / (x * x) }
}
