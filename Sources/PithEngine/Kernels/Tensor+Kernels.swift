import CPithFloatKernels
import PithGraph

extension Tensor {
  /// Clamps the elements in place. NaN stays NaN.
  /// - Precondition: the tensor is float32.
  mutating func clamp(to bounds: ClampBounds) {
    updateRanges { values, range in
      FloatKernels.best.call.clamp?(
        values + range.lowerBound, Int64(range.count), bounds.low, bounds.high, values + range.lowerBound)
    }
  }

  /// Makes a gradient of clamped values that of the values before: it is zero where `y` is at a bound or beyond.
  /// - Precondition: both are float32 and have equally many elements.
  mutating func zeroWhereClamped(_ y: Tensor, _ bounds: ClampBounds) {
    precondition(y.count == count, "tensors of \(shape) and \(y.shape) are combined")
    y.withFloatsOrNothing { y in
      guard let y else { return }
      updateRanges { values, range in
        FloatKernels.best.call.clamp_gradient?(
          y + range.lowerBound, values + range.lowerBound, Int64(range.count), bounds.low, bounds.high,
          values + range.lowerBound)
      }
    }
  }

  /// self = clamp(self + other).
  /// - Precondition: both are float32 and have equally many elements.
  mutating func add(_ other: Tensor, clampingTo bounds: ClampBounds = ClampBounds(nil)) {
    precondition(other.count == count, "tensors of \(shape) and \(other.shape) are added")
    other.withFloatsOrNothing { other in
      guard let other else { return }
      updateRanges { values, range in
        FloatKernels.best.call.add?(
          other + range.lowerBound, Int64(range.count), bounds.low, bounds.high, values + range.lowerBound)
      }
    }
  }

  /// Lends the elements to `body` for ranges of them, on several threads.
  private mutating func updateRanges(_ body: (UnsafeMutablePointer<Float>, Range<Int>) -> Void) {
    withMutableFloats { values in
      values.withUnsafeMutableBufferPointer { values in
        guard let base = values.baseAddress else { return }
        Parallelism.forEachRange(values.count, grain: elementwiseGrain) { range in body(base, range) }
      }
    }
  }
}
