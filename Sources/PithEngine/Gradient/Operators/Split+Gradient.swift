import PithGraph

extension Split: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { .nothing }

  /// The gradients of the parts, joined; a part that has none counts as zeros.
  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    let shape = try pass.inputShape(0)
    let axis = try Operands.axis(axis, rank: shape.count)
    let strides = Tensor.strides(of: shape)
    var joined = Tensor.zeros(shape)
    var start = 0
    for (part, gradient) in zip(pass.outputShapes, pass.outputGradients) {
      if let gradient {
        joined.overwrite(
          with: gradient,
          StridedCopy(
            sizes: part, sourceStart: 0, sourceStrides: Tensor.strides(of: part), targetStart: start,
            targetStrides: strides))
      }
      start += part[axis] * strides[axis]
    }
    return pass.onlyFirst(joined)
  }
}
