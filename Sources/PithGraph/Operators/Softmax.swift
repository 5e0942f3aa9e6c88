/// exp(x) / Σ exp(x) along one axis.
public struct Softmax: AxisFunction {
  public static let name = "Softmax"

  public var axis: Int

  public init(axis: Int = -1) { self.axis = axis }
}
