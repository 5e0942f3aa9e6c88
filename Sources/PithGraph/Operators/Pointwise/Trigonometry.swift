import Foundation

/// The sine of x in radians.
public struct Sin: PointwiseFunction {
  public static let name = "Sin"

  public init() {}

  public func value(_ x: Double) -> Double { sin(x) }

  public func derivative(_ x: Double) -> Double { cos(x) }
}

/// The cosine of x in radians.
public struct Cos: PointwiseFunction {
  public static let name = "Cos"

  public init() {}

  public func value(_ x: Double) -> Double { cos(x) }

  public func derivative(_ x: Double) -> Double { -sin(x) }
}

/// The tangent of x in radians.
public struct Tan: PointwiseFunction {
  public static let name = "Tan"

  public init() {}

  public func value(_ x: Double) -> Double { tan(x) }

  public func derivative(_ x: Double) -> Double { 1 / (cos(x) * cos(x)) }
}

/// The inverse of the sine.
public struct Asin: PointwiseFunction {
  public static let name = "Asin"

  public init() {}

  public func value(_ x: Double) -> Double { asin(x) }

  public func derivative(_ x: Double) -> Double { 1 / (1 - x * x).squareRoot() }
}

/// The inverse of the cosine.
public struct Acos: PointwiseFunction {
  public static let name = "Acos"

  public init() {}

  public func value(_ x: Double) -> Double { acos(x) }

  public func derivative(_ x: Double) -> Double { -1 / (1 - x * x).squareRoot() }
}

/// The inverse of the tangent.
public struct Atan: PointwiseFunction {
  public static let name = "Atan"

  public init() {}

  public func value(_ x: Double) -> Double { atan(x) }

  public func derivative(_ x: Double) -> Double { 1 / (1 + x * x) }
}
