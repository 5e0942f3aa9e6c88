import PithGraph

extension Mul: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads {
    GradientReads(inputs: [0, 1].filter { needed[1 - $0] })
  }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    let gradient = try pass.takeGradient()
    return try [0, 1].map { operand in
      guard pass.isNeeded(operand) else { return nil }
      var factors: [Tensor?] = [gradient, try pass.input(1 - operand)]
      let product = try Arithmetic.multiply.evaluate(&factors, shape: gradient.shape)
      return product.summed(to: try pass.inputShape(operand))
    }
  }
}
