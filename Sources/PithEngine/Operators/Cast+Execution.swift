import PithGraph

extension Cast: Executable {
  /// Integers that do not fit lose their high bits. Floating-point numbers are first brought to the nearest int64, NaN
  /// to 0: ONNX leaves both undefined.
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    _ = try outputShapes(inputs)
    let x = try inputs.tensor(0)
    if x.element == element { return [x] }
    let storage: Tensor.Storage =
      switch x.storage {
      case .float32(let values): Self.converted(values, to: element)
      case .float64(let values): Self.converted(values, to: element)
      case .int64(let values): Self.converted(values, to: element)
      case .int32(let values): Self.converted(values, to: element)
      case .int8(let values): Self.converted(values, to: element)
      case .uint8(let values): Self.converted(values, to: element)
      case .bool(let values): Self.converted(values.map { $0 ? UInt8(1) : 0 }, to: element)
      }
    return [Tensor(shape: x.shape, storage: storage)]
  }

  private static func converted<T: BinaryFloatingPoint>(_ values: [T], to element: ElementType)
    -> Tensor.Storage
  {
    func integer(_ value: T) -> Int64 {
      if value.isNaN { return 0 }
      return Int64(exactly: value.rounded(.towardZero)) ?? (value < 0 ? .min : .max)
    }
    return switch element {
    case .float32: .float32(values.map { Float($0) })
    case .float64: .float64(values.map { Double($0) })
    case .int64: .int64(values.map(integer))
    case .int32: .int32(values.map { Int32(truncatingIfNeeded: integer($0)) })
    case .int8: .int8(values.map { Int8(truncatingIfNeeded: integer($0)) })
    case .uint8: .uint8(values.map { UInt8(truncatingIfNeeded: integer($0)) })
    case .bool: .bool(values.map { $0 != 0 })
    }
  }

  private static func converted<T: FixedWidthInteger>(_ values: [T], to element: ElementType)
    -> Tensor.Storage
  {
    switch element {
    case .float32: .float32(values.map { Float($0) })
    case .float64: .float64(values.map { Double($0) })
    case .int64: .int64(values.map { Int64(truncatingIfNeeded: $0) })
    case .int32: .int32(values.map { Int32(truncatingIfNeeded: $0) })
    case .int8: .int8(values.map { Int8(truncatingIfNeeded: $0) })
    case .uint8: .uint8(values.map { UInt8(truncatingIfNeeded: $0) })
    case .bool: .bool(values.map { $0 != 0 })
    }
  }
}
