import PithGraph

extension Clip: Differentiable {
  /// Which elements were clipped is seen in the output; which bound clipped them, only in the operand.
  public func gradientReads(needed: [Bool]) -> GradientReads {
    GradientReads(inputs: [1, 2] + (Self.needsBounds(needed) ? [0] : []), outputs: [0])
  }

  private static func needsBounds(_ needed: [Bool]) -> Bool { needed.dropFirst().contains(true) }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    var gradient = try pass.takeGradient()
    let low = pass.inputs.optional(1)?.floats?.first ?? -.infinity
    let high = pass.inputs.optional(2)?.floats?.first ?? .infinity
    var results = [Tensor?](repeating: nil, count: pass.needed.count)
    for (operand, bound) in [(1, ClippedTo.low(low, high)), (2, .high(low, high))]
    where pass.isNeeded(operand) {
      var clipped = gradient
      clipped.combine(with: try pass.input(0), by: bound)
      results[operand] = clipped.summed(to: []).reshaped(try pass.inputShape(operand))
    }
    if pass.isNeeded(0) {
      gradient.zeroWhereClamped(try pass.output(), ClampBounds(low: low, high: high))
      results[0] = gradient
    }
    return results
  }
}

/// The gradient where an element was clipped to one of the bounds. Where the bounds cross, the upper one wins everywhere.
private enum ClippedTo: PairFunction {
  case low(Float, Float)
  case high(Float, Float)

  func callAsFunction(_ gradient: Float, _ x: Float) -> Float {
    switch self {
    case .low(let low, let high): x < low && low <= high ? gradient : 0
    case .high(let low, let high): x > high || low > high ? gradient : 0
    }
  }
}
