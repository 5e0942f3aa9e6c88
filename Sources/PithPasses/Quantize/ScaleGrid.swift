/// The scales of a layer's weights that a byte can tell: unit · (1 + f / 32) · 2^e with f below 32 and e below 8.
///
/// Neighbours are a 32nd of their octave apart.
public struct ScaleGrid: Sendable, Hashable {
  /// The smallest scale on the grid; its largest is 252 times this.
  public private(set) var unit: Float

  private static let octaves = 8

  /// The grid that reaches as far as the largest scale, or nil where another is too small for it, but for those that are no
  /// normal numbers: zeros.
  init?(spanning scales: [Float]) {
    guard let largest = scales.max(), largest.isFinite, largest > 0 else { return nil }
    let rounded = Self.roundedUp(largest)
    let unit = Float(
      sign: .plus, exponent: rounded.exponent - Float.Exponent(Self.octaves - 1), significand: 1)
    guard rounded.isFinite, unit.isNormal, scales.allSatisfy({ !$0.isNormal || $0 >= unit }) else {
      return nil
    }
    self.unit = unit
  }

  /// A grid that all scales are exactly on, whose unit is a power of two or the smallest scale; nil where there is none.
  public init?(holding scales: some Collection<Float>) {
    guard let least = scales.min(), least.isNormal, least > 0 else { return nil }
    unit = Float(sign: .plus, exponent: least.exponent, significand: 1)
    if scales.allSatisfy(holds) { return }
    unit = least
    guard scales.allSatisfy(holds) else { return nil }
  }

  private func holds(_ scale: Float) -> Bool {
    let factor = scale / unit
    return Double(factor) * Double(unit) == Double(scale) && factor == Self.roundedUp(factor)
      && factor.exponent < Self.octaves
  }

  /// The scales on the grid around one within the span: the smallest that is not below it, then those up to an eighth above
  /// and a quarter below.
  /// - Parameter least: what none may be below, and `scale` is not.
  func around(_ scale: Float, atLeast least: Float) -> [Float] {
    let first = Swift.max(unit, Self.roundedUp(scale))
    let others = (Array(1...4) + (1...8).map { -$0 }).map { steps in
      Float(bitPattern: UInt32(Int(first.bitPattern) + steps << 18))
    }
    return [first]
      + others.filter { $0 >= Swift.max(unit, least) && ($0 / unit).exponent < Self.octaves }
  }

  /// The byte that stands for a scale on the grid.
  public func code(of scale: Float) -> UInt8 {
    UInt8(truncatingIfNeeded: (scale / unit).bitPattern >> 18 &- 0xFE0)
  }

  /// Rounds up to five bits behind the point.
  private static func roundedUp(_ value: Float) -> Float {
    Float(bitPattern: (value.bitPattern + 0x3FFFF) & ~0x3FFFF)
  }
}
