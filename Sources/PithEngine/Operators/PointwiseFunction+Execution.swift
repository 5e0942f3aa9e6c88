import PithGraph

// Functions that are what their definition in double precision says, rounded once. Those that networks spend time in have
// loops of their own.
extension Exp: InPlaceExecutable {}
extension Log: InPlaceExecutable {}
extension Sqrt: InPlaceExecutable {}
extension Reciprocal: InPlaceExecutable {}
extension Erf: InPlaceExecutable {}
extension Gelu: InPlaceExecutable {}
extension Elu: InPlaceExecutable {}
extension Selu: InPlaceExecutable {}
extension Celu: InPlaceExecutable {}
extension Softplus: InPlaceExecutable {}
extension Softsign: InPlaceExecutable {}
extension Mish: InPlaceExecutable {}
extension Swish: InPlaceExecutable {}
extension Floor: InPlaceExecutable {}
extension Ceil: InPlaceExecutable {}
extension Round: InPlaceExecutable {}
extension Sin: InPlaceExecutable {}
extension Cos: InPlaceExecutable {}
extension Tan: InPlaceExecutable {}
extension Asin: InPlaceExecutable {}
extension Acos: InPlaceExecutable {}
extension Atan: InPlaceExecutable {}
extension Sinh: InPlaceExecutable {}
extension Cosh: InPlaceExecutable {}
extension Asinh: InPlaceExecutable {}
extension Acosh: InPlaceExecutable {}
extension Atanh: InPlaceExecutable {}
extension ThresholdedRelu: InPlaceExecutable {}
extension Shrink: InPlaceExecutable {}

extension InPlaceExecutable where Self: PointwiseFunction {
  public func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor] {
    if case .float64(let values) = try inputs.tensor(0).storage {
      return [Tensor(shape: try outputShape(inputs), storage: .float64(values.map { value($0) }))]
    }
    return try mapFloats(&inputs) { Float(value(Double($0))) }
  }
}

extension Neg: InPlaceExecutable {}
extension Abs: InPlaceExecutable {}
extension Sign: InPlaceExecutable {}

extension InPlaceExecutable where Self: NumericFunction {
  public func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor] {
    let x = try inputs.tensor(0)
    if x.element == .float32 { return try mapFloats(&inputs) { Float(value(Double($0))) } }
    let shape = try outputShape(inputs)
    let storage: Tensor.Storage =
      switch x.storage {
      case .float32, .bool: x.storage
      case .float64(let values): .float64(values.map { value($0) })
      case .int64(let values): .int64(values.map { value($0) })
      case .int32(let values): .int32(values.map { Int32(truncatingIfNeeded: value(Int64($0))) })
      case .int8(let values): .int8(values.map { Int8(truncatingIfNeeded: value(Int64($0))) })
      case .uint8(let values): .uint8(values.map { UInt8(truncatingIfNeeded: value(Int64($0))) })
      }
    return [Tensor(shape: shape, storage: storage)]
  }
}
