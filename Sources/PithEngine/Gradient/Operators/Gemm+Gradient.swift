import PithGraph

extension Gemm: Differentiable {
  public var parameterOperands: [Int] { [0, 1, 2] }

  public func gradientReads(needed: [Bool]) -> GradientReads {
    GradientReads(inputs: [0, 1].filter { needed[1 - $0] }, activation: activation)
  }

  /// With G the gradient of A' · B': that of A' is α · G · B'ᵀ, and that of B' is α · A'ᵀ · G.
  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    let gradient = try pass.takeGradient(before: activation)
    var results = [Tensor?](repeating: nil, count: pass.needed.count)
    if pass.isNeeded(0) {
      results[0] = product(
        gradient, false, try pass.input(1), !transposesB, isTransposed: transposesA,
        shape: try pass.inputShape(0))
    }
    if pass.isNeeded(1) {
      results[1] = product(
        try pass.input(0), !transposesA, gradient, false, isTransposed: transposesB,
        shape: try pass.inputShape(1))
    }
    if pass.isNeeded(2) {
      var bias = (consume gradient).summed(to: try pass.inputShape(2))
      bias.scale(by: beta)
      results[2] = bias
    }
    return results
  }

  /// α times the product of two matrices, each as it is stored or transposed, or the transpose of that product.
  private func product(
    _ a: Tensor, _ transposesA: Bool, _ b: Tensor, _ transposesB: Bool, isTransposed: Bool, shape: [Int]
  ) -> Tensor {
    // (A · B)ᵀ = Bᵀ · Aᵀ
    if isTransposed {
      return product(b, !transposesB, a, !transposesA, isTransposed: false, shape: shape)
    }
    let inner = a.shape[transposesA ? 0 : 1]
    guard a.count > 0, b.count > 0 else { return .zeros(shape) }
    return Tensor.computing(shape) { output in
      a.withFloats { left in
        b.withFloats { right in
          MatrixProduct.multiplyInParallel(
            rows: shape[0], columns: shape[1], inner: inner, alpha: alpha,
            MatrixOperand(base: left, pitch: a.shape[1], isTransposed: transposesA),
            MatrixOperand(base: right, pitch: b.shape[1], isTransposed: transposesB), output,
            pitch: shape[1])
        }
      }
    }
  }
}
