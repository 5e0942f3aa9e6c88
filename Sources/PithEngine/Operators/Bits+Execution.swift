import PithGraph

extension BitwiseAnd: Executable {}
extension BitwiseOr: Executable {}
extension BitwiseXor: Executable {}
extension BitShift: Executable {}

extension Executable where Self: BitwiseFunction {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let (a, b) = (try inputs.tensor(0), try inputs.tensor(1))
    func evaluate<T: NumberElement & FixedWidthInteger>(_: T.Type) throws -> Tensor {
      try BroadcastMap.map(a, b, shape: shape) { (x: T, y: T) in value(x, y) }
    }
    switch a.element {
    case .int64: return [try evaluate(Int64.self)]
    case .int32: return [try evaluate(Int32.self)]
    case .int8: return [try evaluate(Int8.self)]
    case .uint8: return [try evaluate(UInt8.self)]
    case .float32, .float64, .bool: throw GraphError("\(a.element.rawValue) has no bits to work with")
    }
  }
}

extension BitwiseNot: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let x = try inputs.tensor(0)
    let storage: Tensor.Storage =
      switch x.storage {
      case .int64(let values): .int64(values.map { ~$0 & Int64(truncatingIfNeeded: mask) })
      case .int32(let values): .int32(values.map { ~$0 & Int32(truncatingIfNeeded: mask) })
      case .int8(let values): .int8(values.map { ~$0 })
      case .uint8(let values): .uint8(values.map { ~$0 })
      case .float32, .float64, .bool: x.storage
      }
    return [Tensor(shape: shape, storage: storage)]
  }
}
