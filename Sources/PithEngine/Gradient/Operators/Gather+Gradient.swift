import PithGraph

extension Gather: Differentiable {
  /// A table of embeddings is trained.
  public var parameterOperands: [Int] { [0] }

  public func gradientReads(needed: [Bool]) -> GradientReads { GradientReads(inputs: [1]) }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    let gradient = try pass.takeGradient()
    let shape = try pass.inputShape(0)
    let axis = try Operands.axis(axis, rank: shape.count)
    let size = shape[axis]
    // The forward pass has seen that they are in range.
    let indices = (try pass.input(1).integers ?? []).map { $0 < 0 ? $0 + size : $0 }
    let picked = Array(shape[..<axis]) + [indices.count] + Array(shape[(axis + 1)...])
    return pass.onlyFirst(gradient.reshaped(picked).unpicking(axis: axis, size: size) { indices[$0] })
  }
}
