import Foundation

/// The hyperbolic tangent.
public struct Tanh: PointwiseFunction {
  public static let name = "Tanh"

  public init() {}

  public func value(_ x: Double) -> Double { tanh(x) }

  public func derivative(_ x: Double) -> Double { 1 - tanh(x) * tanh(x) }
}
