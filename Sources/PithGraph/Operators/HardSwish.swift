/// x · max(0, min(1, x / 6 + 1 / 2)).
public struct HardSwish: PointwiseFunction {
  public static let name = "HardSwish"

  public init() {}

  public func value(_ x: Double) -> Double { x * Swift.max(0, Swift.min(1, x / 6 + 0.5)) }

  public func derivative(_ x: Double) -> Double { x <= -3 ? 0 : x < 3 ? x / 3 + 0.5 : 1 }
}
