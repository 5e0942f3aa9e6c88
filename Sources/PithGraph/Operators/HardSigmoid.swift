/// max(0, min(1, alpha · x + beta)).
public struct HardSigmoid: PointwiseFunction {
  public static let name = "HardSigmoid"

  public var alpha: Float
  public var beta: Float

  public init(alpha: Float = 0.2, beta: Float = 0.5) {
    self.alpha = alpha
    self.beta = beta
  }

  public func value(_ x: Double) -> Double { Swift.max(0, Swift.min(1, Double(alpha) * x + Double(beta))) }

  public func derivative(_ x: Double) -> Double {
    let line = Double(alpha) * x + Double(beta)
    return line > 0 && line < 1 ? Double(alpha) : 0
  }
}
