import Foundation

/// x · Φ(x), Φ being the normal distribution function.
///
/// Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.
public struct Gelu: PointwiseFunction {
  public static let name = "Gelu"

  /// Whether Φ(x) is (1 + tanh(√(2/π) · (x + 0.044715 x³))) / 2, which is the paper's approximation.
  public var approximatesTanh: Bool

  public init(approximatesTanh: Bool = false) {
    self.approximatesTanh = approximatesTanh
  }

  public func value(_ x: Double) -> Double {
    guard approximatesTanh else { return 0.5 * x * (1 + erf(x * 0.5.squareRoot())) }
    return 0.5 * x * (1 + tanh(Self.inner(x)))
  }

  public func derivative(_ x: Double) -> Double {
    guard approximatesTanh else {
      return 0.5 * (1 + erf(x * 0.5.squareRoot())) + x * exp(-x * x / 2) / (2 * Double.pi).squareRoot()
    }
    let t = tanh(Self.inner(x))
    let slope = (2 / Double.pi).squareRoot() * (1 + 3 * 0.044715 * x * x)
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * slope
  }

  private static func inner(_ x: Double) -> Double {
    (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)
  }
}
