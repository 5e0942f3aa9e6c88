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
    for (operand, isLow) in [(1, true), (2, false)] where pass.isNeeded(operand) {
      var clipped = gradient
      // Where the bounds cross, the upper one wins everywhere.
      clipped.combine(with: try pass.input(0)) { gradient, x in
        (isLow ? x < low && low <= high : x > high || low > high) ? gradient : 0
      }
      results[operand] = clipped.summed(to: []).reshaped(try pass.inputShape(operand))
    }
    if pass.isNeeded(0) {
      gradient.combine(with: try pass.output()) { $1 > low && $1 < high ? $0 : 0 }
      results[0] = gradient
    }
    return results
  }
}
