import Foundation

/// x · tanh(ln(1 + eˣ)).
///
/// Misra, "Mish: A Self Regularized Non-Monotonic Activation Function", 2019.
public struct Mish: PointwiseFunction {
  public static let name = "Mish"

  public init() {}

  public func value(_ x: Double) -> Double { x * tanh(Softplus().value(x)) }

  public func derivative(_ x: Double) -> Double {
    let t = tanh(Softplus().value(x))
    return t + x * (1 - t * t) * Softplus().derivative(x)
  }
}
