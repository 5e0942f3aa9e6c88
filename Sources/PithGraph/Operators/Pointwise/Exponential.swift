import Foundation

/// eˣ.
public struct Exp: PointwiseFunction {
  public static let name = "Exp"

  public init() {}

  public func value(_ x: Double) -> Double { exp(x) }

  public func derivative(_ x: Double) -> Double { exp(x) }
}

/// The natural logarithm.
public struct Log: PointwiseFunction {
  public static let name = "Log"

  public init() {}

  public func value(_ x: Double) -> Double { log(x) }

  public func derivative(_ x: Double) -> Double { 1 / x }
}
