import PithGraph

extension Concat: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { .nothing }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    let gradient = try pass.takeGradient()
    let axis = try Operands.axis(axis, rank: gradient.rank)
    let strides = Tensor.strides(of: gradient.shape)
    var start = 0
    return try pass.needed.indices.map { operand in
      let shape = try pass.inputShape(operand)
      defer { start += shape[axis] * strides[axis] }
      return pass.isNeeded(operand) ? gradient.restrided(shape, start: start, strides: strides) : nil
    }
  }
}
