import PithGraph

extension Pad: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { GradientReads(inputs: [1, 3]) }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    var gradient = try pass.takeGradient()
    let shape = try pass.inputShape(0)
    let pads = try pass.input(1).integers ?? []
    let (begin, end) = try Pad.amounts(pads: pads, axes: pass.inputs.optional(3)?.integers, rank: shape.count)
    var results = [Tensor?](repeating: nil, count: pass.needed.count)
    if mode != .constant {
      for axis in shape.indices.reversed() where begin[axis] != 0 || end[axis] != 0 {
        let kept = Self.kept(shape[axis], begin: begin[axis], end: end[axis])
        gradient = gradient.unpicking(axis: axis, size: shape[axis]) { index in
          kept.lowerBound + source(of: index - max(0, begin[axis]), count: kept.count)
        }
      }
      results[0] = gradient
      return results
    }
    let (input, output) = (Tensor.strides(of: shape), Tensor.strides(of: gradient.shape))
    let box = Box(shape, gradient.shape, begin)
    if pass.isNeeded(0) {
      var inside = Tensor.zeros(shape)
      inside.overwrite(
        with: gradient,
        StridedCopy(
          sizes: box.sizes, sourceStart: box.outputStart, sourceStrides: output,
          targetStart: box.inputStart, targetStrides: input))
      results[0] = inside
    }
    if pass.isNeeded(2) {
      // The padding's gradient is that of everything outside of the box.
      gradient.overwrite(
        with: Tensor(0),
        StridedCopy(
          sizes: box.sizes, sourceStart: 0, sourceStrides: box.sizes.map { _ in 0 },
          targetStart: box.outputStart, targetStrides: output))
      results[2] = gradient.summed(to: []).reshaped(try pass.inputShape(2))
    }
    return results
  }
}
