import PithEngine
import PithGraph

/// The length of the gradient of all parameters together.
public enum GradientNorm {
  private static let stretch = 1 << 15

  /// √Σ g². Sums short stretches in Float and those in Double, in an order that does not depend on the threads.
  public static func of(_ gradients: [Tensor?]) -> Double {
    var total = 0.0
    for gradient in gradients {
      guard let values = gradient?.floats else { continue }
      values.withUnsafeBufferPointer { total += squaredSum($0) }
    }
    return total.squareRoot()
  }

  /// What to multiply the gradient with so that it is no longer than `limit` (Pascanu, Mikolov and Bengio, "On the
  /// difficulty of training recurrent neural networks", 2013), as PyTorch computes it.
  public static func scale(norm: Double, limit: Double) -> Float { Float(min(1, limit / (norm + 1e-6))) }

  private static func squaredSum(_ values: UnsafeBufferPointer<Float>) -> Double {
    guard let base = values.baseAddress else { return 0 }
    var partial = [Double](repeating: 0, count: (values.count + stretch - 1) / stretch)
    partial.withUnsafeMutableBufferPointer { partial in
      Parallelism.forEachRange(values.count, grain: stretch) { range in
        partial[range.lowerBound / stretch] = squaredSum(base + range.lowerBound, range.count)
      }
    }
    return partial.reduce(0, +)
  }

  private static func squaredSum(_ values: UnsafePointer<Float>, _ count: Int) -> Double {
    let raw = UnsafeRawPointer(values)
    let whole = count & ~7
    var total = 0.0
    var start = 0
    while start < whole {
      let end = min(whole, start + 1024)
      var sum = SIMD8<Float>.zero
      for index in stride(from: start, to: end, by: 8) {
        let eight = raw.loadUnaligned(fromByteOffset: 4 &* index, as: SIMD8<Float>.self)
        sum += eight * eight
      }
      total += Double(sum.sum())
      start = end
    }
    for index in whole..<count { total += Double(values[index]) * Double(values[index]) }
    return total
  }
}
