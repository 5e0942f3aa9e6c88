import Foundation

/// 1 / (1 + exp(-x)).
public struct Sigmoid: PointwiseFunction {
  public static let name = "Sigmoid"

  public init() {}

  public func value(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  public func derivative(_ x: Double) -> Double { value(x) * (1 - value(x)) }
}
