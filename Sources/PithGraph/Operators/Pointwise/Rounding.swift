/// The largest integer that is not larger.
public struct Floor: PointwiseFunction {
  public static let name = "Floor"

  public init() {}

  public func value(_ x: Double) -> Double { x.rounded(.down) }

  public func derivative(_ x: Double) -> Double { 0 }
}

/// The smallest integer that is not smaller.
public struct Ceil: PointwiseFunction {
  public static let name = "Ceil"

  public init() {}

  public func value(_ x: Double) -> Double { x.rounded(.up) }

  public func derivative(_ x: Double) -> Double { 0 }
}

/// The nearest integer, the even one of two.
public struct Round: PointwiseFunction {
  public static let name = "Round"

  public init() {}

  public func value(_ x: Double) -> Double { x.rounded(.toNearestOrEven) }

  public func derivative(_ x: Double) -> Double { 0 }
}
