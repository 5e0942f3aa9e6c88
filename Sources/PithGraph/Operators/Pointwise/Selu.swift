import Foundation

/// gamma · x where x > 0, else gamma · alpha · (eˣ − 1).
///
/// Klambauer et al., "Self-Normalizing Neural Networks", 2017.
public struct Selu: PointwiseFunction {
  public static let name = "Selu"

  public var alpha: Float
  public var gamma: Float

  public init(alpha: Float = 1.673_263_2, gamma: Float = 1.050_701) {
    self.alpha = alpha
    self.gamma = gamma
  }

  public func value(_ x: Double) -> Double { Double(gamma) * (x > 0 ? x : Double(alpha) * expm1(x)) }

  public func derivative(_ x: Double) -> Double { Double(gamma) * (x > 0 ? 1 : Double(alpha) * exp(x)) }
}
