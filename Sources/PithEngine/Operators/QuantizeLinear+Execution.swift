import PithGraph

extension QuantizeLinear: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let x = try inputs.tensor(0)
    let values = x.floats ?? x.doubles().map { Float($0) }
    let scales = try inputs.floats(1)
    let zeros = inputs.optional(2)?.integers ?? []
    let index = try quantization.scaleIndex(shape: shape, scaleShape: try inputs.tensor(1).shape)
    let (low, high) = (Float(levels.lowerBound), Float(levels.upperBound))
    let integers = values.indices.map { element -> Int in
      let scale = index(element)
      let level =
        (values[element] / scales[scale]).rounded(.toNearestOrEven) + Float(zeros.isEmpty ? 0 : zeros[scale])
      return level.isNaN ? 0 : Int(min(max(level, low), high))
    }
    let storage: Tensor.Storage =
      switch element {
      case .uint8: .uint8(integers.map { UInt8(clamping: $0) })
      case .int8: .int8(integers.map { Int8(clamping: $0) })
      case .int32: .int32(integers.map { Int32(clamping: $0) })
      case .int64: .int64(integers.map { Int64($0) })
      case .float32, .float64, .bool: throw GraphError("\(element.rawValue) has no levels")
      }
    return [Tensor(shape: shape, storage: storage)]
  }
}
