import PithGraph

extension Clip: InPlaceExecutable {
  public func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor] {
    _ = try outputShapes(inputs)
    let (low, high) = (inputs.optional(1), inputs.optional(2))
    for bound in [low, high] {
      if let bound, bound.count != 1 {
        throw GraphError("a bound has shape \(bound.shape), but must be a scalar")
      }
    }
    var x = try inputs.take(0)
    switch x.storage {
    case .float32:
      x.clamp(
        to: ClampBounds(low: low?.floats?.first ?? -.infinity, high: high?.floats?.first ?? .infinity))
      return [x]
    case .float64(let values):
      func bound(_ tensor: Tensor?) -> Double? {
        if case .float64(let values)? = tensor?.storage { values.first } else { nil }
      }
      let (low, high) = (bound(low) ?? -.infinity, bound(high) ?? .infinity)
      return [
        Tensor(shape: x.shape, storage: .float64(values.map { $0.isNaN ? $0 : min(max($0, low), high) }))
      ]
    case .bool: throw GraphError("bool cannot be clipped")
    case .int64, .int32, .int8, .uint8:
      return [Self.clipped(x, low?.integers?.first ?? .min, high?.integers?.first ?? .max)]
    }
  }

  private static func clipped(_ x: Tensor, _ low: Int, _ high: Int) -> Tensor {
    // The bounds are of the tensor's own type, or else beyond it, where `clamping` makes them its ends.
    func clipped<T: FixedWidthInteger>(_ values: [T]) -> [T] {
      let (low, high) = (T(clamping: low), T(clamping: high))
      return values.map { min(max($0, low), high) }
    }
    let storage: Tensor.Storage =
      switch x.storage {
      case .int64(let values): .int64(clipped(values))
      case .int32(let values): .int32(clipped(values))
      case .int8(let values): .int8(clipped(values))
      case .uint8(let values): .uint8(clipped(values))
      case .float32, .float64, .bool: x.storage
      }
    return Tensor(shape: x.shape, storage: storage)
  }
}
