import Foundation

/// (eˣ − e⁻ˣ) / 2.
public struct Sinh: PointwiseFunction {
  public static let name = "Sinh"

  public init() {}

  public func value(_ x: Double) -> Double { sinh(x) }

  public func derivative(_ x: Double) -> Double { cosh(x) }
}

/// (eˣ + e⁻ˣ) / 2.
public struct Cosh: PointwiseFunction {
  public static let name = "Cosh"

  public init() {}

  public func value(_ x: Double) -> Double { cosh(x) }

  public func derivative(_ x: Double) -> Double { sinh(x) }
}

/// The inverse of sinh.
public struct Asinh: PointwiseFunction {
  public static let name = "Asinh"

  public init() {}

  public func value(_ x: Double) -> Double { asinh(x) }

  public func derivative(_ x: Double) -> Double { 1 / (x * x + 1).squareRoot() }
}

/// The inverse of cosh, for x ≥ 1.
public struct Acosh: PointwiseFunction {
  public static let name = "Acosh"

  public init() {}

  public func value(_ x: Double) -> Double { acosh(x) }

  public func derivative(_ x: Double) -> Double { 1 / (x * x - 1).squareRoot() }
}

/// The inverse of tanh, for |x| < 1.
public struct Atanh: PointwiseFunction {
  public static let name = "Atanh"

  public init() {}

  public func value(_ x: Double) -> Double { atanh(x) }

  public func derivative(_ x: Double) -> Double { 1 / (1 - x * x) }
}
