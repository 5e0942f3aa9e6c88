import PithGraph

/// A function of two numbers: of a gradient and what it is multiplied by or masked with.
///
/// It is a type and no closure, so that the loop over the elements is compiled for it, and vectorizes.
protocol PairFunction {
  func callAsFunction(_ gradient: Float, _ value: Float) -> Float
}

extension Tensor {
  /// self[i] = function(self[i], other[i]), in place where nobody else holds the elements.
  /// - Precondition: both are float32 and have equally many elements.
  mutating func combine<Function: PairFunction>(with other: Tensor, by function: Function) {
    guard let others = other.floats, others.count == count else {
      preconditionFailure("tensors of \(shape) and \(other.shape) are combined")
    }
    withMutableFloats { values in
      values.withUnsafeMutableBufferPointer { values in
        others.withUnsafeBufferPointer { others in
          guard let target = values.baseAddress, let source = others.baseAddress else { return }
          Parallelism.forEachRange(values.count, grain: elementwiseGrain) { range in
            Self.combine(
              target + range.lowerBound, source + range.lowerBound, count: range.count, by: function)
          }
        }
      }
    }
  }

  private static func combine<Function: PairFunction>(
    _ target: UnsafeMutablePointer<Float>, _ source: UnsafePointer<Float>, count: Int, by function: Function
  ) {
    for index in 0..<count { target[index] = function(target[index], source[index]) }
  }
}
