import Foundation

/// x / (1 + e^(−beta · x)), also called SiLU where beta is 1.
///
/// Ramachandran et al., "Searching for Activation Functions", 2017.
public struct Swish: PointwiseFunction {
  public static let name = "Swish"

  public var beta: Float

  public init(beta: Float = 1) {
    self.beta = beta
  }

  public func value(_ x: Double) -> Double { x / (1 + exp(-Double(beta) * x)) }

  public func derivative(_ x: Double) -> Double {
    let s = 1 / (1 + exp(-Double(beta) * x))
    return s + Double(beta) * x * s * (1 - s)
  }
}
