import Foundation

/// The error function: 2/√π ∫₀ˣ exp(−t²) dt.
public struct Erf: PointwiseFunction {
  public static let name = "Erf"

  public init() {}

  public func value(_ x: Double) -> Double { erf(x) }

  public func derivative(_ x: Double) -> Double { 2 / Double.pi.squareRoot() * exp(-x * x) }
}
