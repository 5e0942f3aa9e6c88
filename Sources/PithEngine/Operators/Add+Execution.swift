import PithGraph

extension Add: InPlaceExecutable {
  public func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor] {
    var sum = try Arithmetic.add.evaluate(&inputs, shape: try outputShape(inputs))
    if let activation {
      guard sum.element == .float32 else {
        throw GraphError("the activation is for float32, but the sum is \(sum.element.rawValue)")
      }
      sum.clamp(to: ClampBounds(activation))
    }
    return [sum]
  }
}

extension Tensor {
  /// Clamps the elements of a float32 tensor in place.
  mutating func clamp(to bounds: ClampBounds) {
    withMutableFloats { values in
      values.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        Parallelism.forEachRange(buffer.count, grain: elementwiseGrain) { range in
          VectorLoops.clamp(base + range.lowerBound, count: range.count, bounds)
        }
      }
    }
  }
}
