import PithGraph

/// A function of one number, which is a table of 256 bytes.
protocol PointwiseLowerable: Lowerable, PointwiseFunction {}

extension PointwiseLowerable {
  public func lowerToInteger(_ node: Node, _ lowering: inout Lowering) throws {
    try lowering.lowerTable(node) { value($0) }
  }

  public func lowerToFloat(_ node: Node, _ lowering: inout Lowering) throws {
    throw lowering.withoutFloatKernel(node)
  }
}

extension Abs: PointwiseLowerable {}
extension Acos: PointwiseLowerable {}
extension Acosh: PointwiseLowerable {}
extension Asin: PointwiseLowerable {}
extension Asinh: PointwiseLowerable {}
extension Atan: PointwiseLowerable {}
extension Atanh: PointwiseLowerable {}
extension Ceil: PointwiseLowerable {}
extension Celu: PointwiseLowerable {}
extension Cos: PointwiseLowerable {}
extension Cosh: PointwiseLowerable {}
extension Elu: PointwiseLowerable {}
extension Erf: PointwiseLowerable {}
extension Exp: PointwiseLowerable {}
extension Floor: PointwiseLowerable {}
extension Gelu: PointwiseLowerable {}
extension Log: PointwiseLowerable {}
extension Mish: PointwiseLowerable {}
extension Neg: PointwiseLowerable {}
extension Reciprocal: PointwiseLowerable {}
extension Round: PointwiseLowerable {}
extension Selu: PointwiseLowerable {}
extension Shrink: PointwiseLowerable {}
extension Sign: PointwiseLowerable {}
extension Sin: PointwiseLowerable {}
extension Sinh: PointwiseLowerable {}
extension Softplus: PointwiseLowerable {}
extension Softsign: PointwiseLowerable {}
extension Sqrt: PointwiseLowerable {}
extension Swish: PointwiseLowerable {}
extension Tan: PointwiseLowerable {}
extension ThresholdedRelu: PointwiseLowerable {}
