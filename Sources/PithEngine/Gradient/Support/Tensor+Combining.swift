import PithGraph

extension Tensor {
  /// self[i] = function(self[i], other[i]), in place where nobody else holds the elements.
  /// - Precondition: both are float32 and have equally many elements.
  @inline(__always)
  mutating func combine(with other: Tensor, _ function: (Float, Float) -> Float) {
    guard let others = other.floats, others.count == count else {
      preconditionFailure("tensors of \(shape) and \(other.shape) are combined")
    }
    withMutableFloats { values in
      values.withUnsafeMutableBufferPointer { values in
        others.withUnsafeBufferPointer { others in
          guard let target = values.baseAddress, let source = others.baseAddress else { return }
          Parallelism.forEachRange(values.count, grain: elementwiseGrain) { range in
            let (to, from) = (target + range.lowerBound, source + range.lowerBound)
            for index in 0..<range.count { to[index] = function(to[index], from[index]) }
          }
        }
      }
    }
  }

  /// self[i] = function(self[i]), in place where nobody else holds the elements.
  /// - Precondition: the tensor is float32.
  @inline(__always)
  mutating func apply(_ function: (Float) -> Float) {
    withMutableFloats { values in
      values.withUnsafeMutableBufferPointer { values in
        guard let target = values.baseAddress else { return }
        Parallelism.forEachRange(values.count, grain: elementwiseGrain) { range in
          let to = target + range.lowerBound
          for index in 0..<range.count { to[index] = function(to[index]) }
        }
      }
    }
  }

  /// self *= factor.
  mutating func scale(by factor: Float) {
    if factor != 1 { apply { $0 * factor } }
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
