/// x / (1 + |x|).
public struct Softsign: PointwiseFunction {
  public static let name = "Softsign"

  public init() {}

  public func value(_ x: Double) -> Double { x / (1 + abs(x)) }

  public func derivative(_ x: Double) -> Double { 1 / ((1 + abs(x)) * (1 + abs(x))) }
}
