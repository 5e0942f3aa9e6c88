/// 1 for the first largest element along one axis, 0 for all others.
public struct Hardmax: AxisFunction {
  public static let name = "Hardmax"

  public var axis: Int

  public init(axis: Int = -1) { self.axis = axis }
}
