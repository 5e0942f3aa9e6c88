import PithGraph

extension Div: Differentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads {
    GradientReads(inputs: [1], outputs: needed[1] ? [0] : [])
  }

  /// With q = a / b: ∂q/∂a = 1 / b and ∂q/∂b = −q / b.
  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    let gradient = try pass.takeGradient()
    let shape = gradient.shape
    var operands: [Tensor?] = [consume gradient, try pass.input(1)]
    let quotient = try Arithmetic.divide.evaluate(&operands, shape: shape)
    var results: [Tensor?] = [nil, nil]
    if pass.isNeeded(0) { results[0] = quotient.summed(to: try pass.inputShape(0)) }
    if pass.isNeeded(1) {
      var product = consume quotient
      product.combine(with: try pass.output(), by: NegatedProduct())
      results[1] = product.summed(to: try pass.inputShape(1))
    }
    return results
  }
}

private struct NegatedProduct: PairFunction {
  func callAsFunction(_ gradient: Float, _ quotient: Float) -> Float { -(gradient * quotient) }
}
