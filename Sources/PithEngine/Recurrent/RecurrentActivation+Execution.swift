import PithGraph

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

extension RecurrentActivation {
  /// Applies the function to a row, after bounding its elements to ±`clip`.
  func apply(_ row: UnsafeMutablePointer<Float>, count: Int, clip: Float) {
    if clip < .infinity {
      for index in 0..<count { row[index] = VectorLoops.bounded(row[index], -clip, clip) }
    }
    switch self {
    case .sigmoid: map(row, count) { VectorMath.sigmoid($0) }
    case .tanh: map(row, count) { VectorMath.hyperbolicTangent($0) }
    case .relu: map(row, count) { $0 < 0 ? 0 : $0 }
    case .affine(let alpha, let beta): map(row, count) { alpha * $0 + beta }
    case .leakyRelu(let alpha): map(row, count) { $0 < 0 ? alpha * $0 : $0 }
    case .thresholdedRelu(let alpha): map(row, count) { $0 < alpha ? 0 : $0 }
    case .scaledTanh(let alpha, let beta):
      map(row, count) { alpha * VectorMath.hyperbolicTangent(beta * $0) }
    case .hardSigmoid(let alpha, let beta): map(row, count) { VectorLoops.bounded(alpha * $0 + beta, 0, 1) }
    case .elu(let alpha): map(row, count) { $0 < 0 ? alpha * (VectorMath.exponential($0) - 1) : $0 }
    case .softsign: map(row, count) { $0 / (1 + ($0 < 0 ? -$0 : $0)) }
    case .softplus: map(row, count) { $0 > 0 ? $0 + log1pf(expf(-$0)) : log1pf(expf($0)) }
    }
  }

  @inline(__always)
  private func map(_ row: UnsafeMutablePointer<Float>, _ count: Int, _ function: (Float) -> Float) {
    for index in 0..<count { row[index] = function(row[index]) }
  }
}
