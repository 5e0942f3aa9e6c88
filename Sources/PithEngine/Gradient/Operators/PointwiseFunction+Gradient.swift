import PithGraph

/// A function of one number, whose derivative in double precision is rounded once.
protocol PointwiseDifferentiable: Differentiable, PointwiseFunction {}

extension PointwiseDifferentiable {
  public func gradientReads(needed: [Bool]) -> GradientReads { GradientReads(inputs: [0]) }

  public func gradients(_ pass: inout BackwardPass) throws -> [Tensor?] {
    var gradient = try pass.takeGradient()
    gradient.combine(with: try pass.input(0), by: PointwiseSlope(function: self))
    return [gradient]
  }
}

private struct PointwiseSlope<Function: PointwiseFunction>: PairFunction {
  let function: Function

  func callAsFunction(_ gradient: Float, _ x: Float) -> Float {
    Float(Double(gradient) * function.derivative(Double(x)))
  }
}

extension Abs: PointwiseDifferentiable {}
extension Acos: PointwiseDifferentiable {}
extension Acosh: PointwiseDifferentiable {}
extension Asin: PointwiseDifferentiable {}
extension Asinh: PointwiseDifferentiable {}
extension Atan: PointwiseDifferentiable {}
extension Atanh: PointwiseDifferentiable {}
extension Ceil: PointwiseDifferentiable {}
extension Celu: PointwiseDifferentiable {}
extension Cos: PointwiseDifferentiable {}
extension Cosh: PointwiseDifferentiable {}
extension Elu: PointwiseDifferentiable {}
extension Erf: PointwiseDifferentiable {}
extension Exp: PointwiseDifferentiable {}
extension Floor: PointwiseDifferentiable {}
extension Gelu: PointwiseDifferentiable {}
extension Log: PointwiseDifferentiable {}
extension Mish: PointwiseDifferentiable {}
extension Neg: PointwiseDifferentiable {}
extension Reciprocal: PointwiseDifferentiable {}
extension Round: PointwiseDifferentiable {}
extension Selu: PointwiseDifferentiable {}
extension Shrink: PointwiseDifferentiable {}
extension Sign: PointwiseDifferentiable {}
extension Sin: PointwiseDifferentiable {}
extension Sinh: PointwiseDifferentiable {}
extension Softplus: PointwiseDifferentiable {}
extension Softsign: PointwiseDifferentiable {}
extension Sqrt: PointwiseDifferentiable {}
extension Swish: PointwiseDifferentiable {}
extension Tan: PointwiseDifferentiable {}
extension ThresholdedRelu: PointwiseDifferentiable {}
