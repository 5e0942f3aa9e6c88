/// x as an integer program stores it: rounded to a level and turned back to reals.
///
/// y = (clamp(roundHalfEven(x / s) + zeroPoint) − zeroPoint) · s, which is what `QuantizationParameters` and
/// `QuantizedWeights` do, rounded as they round it. Jacob et al., "Quantization and Training of Neural Networks for
/// Efficient Integer-Arithmetic-Only Inference", 2018, section 3.
///
/// Operands: x, and the step size of each scale `[units.count]`, in multiples of its unit: s[c] = units[c] · step[c].
/// Training starts at 1, so that one learning rate serves scales of any magnitude, as Adam's steps need.
public struct FakeQuantize: Operator {
  public static let name = "FakeQuantize"
  public static let operandCount = 2...2

  /// The least step size: a scale that training would take to 0 or below stays positive.
  public static let leastStep: Float = 1 / 1024

  /// The axis whose entries have a scale each; nil where all of x has one.
  public var axis: Int?
  /// The smallest and the largest integer: −127…127 for weights, 0…255 for activations.
  public var levels: ClosedRange<Int>
  /// The integer that means 0.
  public var zeroPoint: Int
  /// The scales that training starts from, in reals per level; positive and finite.
  public var units: [Float]
  /// g of learned step sizes (Esser et al., "Learned Step Size Quantization", 2020, section 2.2): 1 / √(N · Qp), where N
  /// is how many elements have the scale and Qp the largest distance of a level from the zero point.
  public var gradientScale: Float
  /// Whether training may change the step sizes.
  public var learnsScale: Bool

  public init(
    axis: Int? = nil, levels: ClosedRange<Int>, zeroPoint: Int = 0, units: [Float], gradientScale: Float = 1,
    learnsScale: Bool = true
  ) {
    self.axis = axis
    self.levels = levels
    self.zeroPoint = zeroPoint
    self.units = units
    self.gradientScale = gradientScale
    self.learnsScale = learnsScale
  }

  /// The scales that step sizes mean.
  public func scales(steps: [Float]) -> [Float] {
    zip(units, steps).map { $0 * ($1 > FakeQuantize.leastStep ? $1 : FakeQuantize.leastStep) }
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let type = try operands.floatingPoint()
    let limit = 1 << 16
    guard levels.lowerBound > -limit, levels.upperBound < limit, levels.contains(zeroPoint) else {
      throw GraphError("levels \(levels) with zero point \(zeroPoint) are not 16-bit integers around it")
    }
    guard units.allSatisfy({ $0.isFinite && $0 >= .leastNormalMagnitude }) else {
      throw GraphError("a scale's unit is not positive and finite")
    }
    let steps = try operands.shape(1, rank: 1)
    if let count = steps[0].size, count != units.count {
      throw GraphError("\(count) step sizes do not fit \(units.count) scales")
    }
    guard let axis else {
      guard units.count == 1 else { throw GraphError("\(units.count) scales need an axis") }
      return [ValueType(type.element, type.shape)]
    }
    let index = try Operands.axis(axis, rank: type.shape.rank)
    if let size = type.shape[index].size, size != units.count {
      throw GraphError("\(units.count) scales do not fit axis \(axis) of \(type.shape)")
    }
    return [ValueType(type.element, type.shape)]
  }
}
