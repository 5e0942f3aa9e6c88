import Foundation

/// max(0, x) + min(0, alpha · (e^(x / alpha) − 1)).
///
/// Barron, "Continuously Differentiable Exponential Linear Units", 2017.
public struct Celu: PointwiseFunction {
  public static let name = "Celu"

  public var alpha: Float

  public init(alpha: Float = 1) {
    self.alpha = alpha
  }

  public func value(_ x: Double) -> Double { x >= 0 ? x : Double(alpha) * expm1(x / Double(alpha)) }

  public func derivative(_ x: Double) -> Double { x >= 0 ? 1 : exp(x / Double(alpha)) }
}
