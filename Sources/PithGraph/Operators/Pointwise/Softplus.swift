import Foundation

/// ln(1 + eˣ).
public struct Softplus: PointwiseFunction {
  public static let name = "Softplus"

  public init() {}

  public func value(_ x: Double) -> Double { Swift.max(x, 0) + log1p(exp(-abs(x))) }

  public func derivative(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
}
