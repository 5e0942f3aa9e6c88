import PithGraph

extension Tensor {
  /// self *= factor, in place where nobody else holds the elements.
  /// - Precondition: the tensor is float32.
  mutating func scale(by factor: Float) {
    guard factor != 1 else { return }
    withMutableFloats { values in
      values.withUnsafeMutableBufferPointer { values in
        guard let target = values.baseAddress else { return }
        Parallelism.forEachRange(values.count, grain: elementwiseGrain) { range in
          for index in range { target[index] *= factor }
        }
      }
    }
  }

  /// A float32 tensor of zeros.
  static func zeros(_ shape: [Int]) -> Tensor {
    Tensor(shape: shape, floats: [Float](repeating: 0, count: Shape.elementCount(shape) ?? 0))
  }

  /// Lends the elements of a float32 tensor to be read.
  /// - Precondition: the tensor is float32 and has elements.
  func withFloats<R>(_ body: (UnsafePointer<Float>) throws -> R) rethrows -> R {
    guard let values = floats else { preconditionFailure("a tensor of \(element) has no floats") }
    return try values.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("a tensor without elements is read") }
      return try body(base)
    }
  }

  /// The same for a tensor that may have no elements.
  func withFloatsOrNothing<R>(_ body: (UnsafePointer<Float>?) throws -> R) rethrows -> R {
    guard let values = floats else { preconditionFailure("a tensor of \(element) has no floats") }
    return try values.withUnsafeBufferPointer { try body($0.baseAddress) }
  }
}
