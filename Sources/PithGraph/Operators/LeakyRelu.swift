/// x where x ≥ 0, else alpha · x.
public struct LeakyRelu: PointwiseFunction {
  public static let name = "LeakyRelu"

  public var alpha: Float

  public init(alpha: Float = 0.01) { self.alpha = alpha }

  public func value(_ x: Double) -> Double { x >= 0 ? x : Double(alpha) * x }

  public func derivative(_ x: Double) -> Double { x > 0 ? 1 : Double(alpha) }
}
