/// x − ln Σ eˣ along one axis.
public struct LogSoftmax: AxisFunction {
  public static let name = "LogSoftmax"

  public var axis: Int

  public init(axis: Int = -1) { self.axis = axis }
}
