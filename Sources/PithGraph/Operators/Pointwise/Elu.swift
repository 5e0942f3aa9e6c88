import Foundation

/// x where x ≥ 0, else alpha · (eˣ − 1).
///
/// Clevert et al., "Fast and Accurate Deep Network Learning by Exponential Linear Units", 2015.
public struct Elu: PointwiseFunction {
  public static let name = "Elu"

  public var alpha: Float

  public init(alpha: Float = 1) {
    self.alpha = alpha
  }

  public func value(_ x: Double) -> Double { x >= 0 ? x : Double(alpha) * expm1(x) }

  public func derivative(_ x: Double) -> Double { x >= 0 ? 1 : Double(alpha) * exp(x) }
}
