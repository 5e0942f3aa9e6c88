/// x where x > alpha, else 0.
public struct ThresholdedRelu: PointwiseFunction {
  public static let name = "ThresholdedRelu"

  public var alpha: Float

  public init(alpha: Float = 1) {
    self.alpha = alpha
  }

  public func value(_ x: Double) -> Double { x > Double(alpha) ? x : 0 }

  public func derivative(_ x: Double) -> Double { x > Double(alpha) ? 1 : 0 }
}
