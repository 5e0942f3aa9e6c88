/// x moved towards 0 by `bias` where |x| > lambda, else 0.
public struct Shrink: PointwiseFunction {
  public static let name = "Shrink"

  public var lambda: Float
  public var bias: Float

  public init(lambda: Float = 0.5, bias: Float = 0) {
    self.lambda = lambda
    self.bias = bias
  }

  public func value(_ x: Double) -> Double {
    if x < -Double(lambda) { return x + Double(bias) }
    return x > Double(lambda) ? x - Double(bias) : 0
  }

  public func derivative(_ x: Double) -> Double { abs(x) > Double(lambda) ? 1 : 0 }
}
