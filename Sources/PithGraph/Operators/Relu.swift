/// max(x, 0).
public struct Relu: PointwiseFunction {
  public static let name = "Relu"

  public init() {}

  public func value(_ x: Double) -> Double { Swift.max(0, x) }

  public func derivative(_ x: Double) -> Double { x > 0 ? 1 : 0 }
}
