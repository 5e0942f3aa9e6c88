/// Sums over two vectors, as `VectorLoops.sum` does it: short stretches in Float, those in Double.
extension VectorLoops {
  /// Σ a · b.
  static func dot(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int) -> Double {
    sum(of: a, b, count: count, { $0 * $1 }, { $0 * $1 })
  }

  /// Σ a · (b − shift).
  static func dot(
    _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, minus shift: Float, count: Int
  ) -> Double {
    let shifts = SIMD8<Float>(repeating: shift)
    return sum(of: a, b, count: count, { $0 * ($1 - shifts) }, { $0 * ($1 - shift) })
  }

  /// Σ (a − mean)².
  static func squaredDeviations(_ a: UnsafePointer<Float>, from mean: Float, count: Int) -> Double {
    let means = SIMD8<Float>(repeating: mean)
    return sum(
      of: a, a, count: count, { a, _ in (a - means) * (a - means) }, { a, _ in (a - mean) * (a - mean) })
  }

  @inline(__always)
  private static func sum(
    of a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int,
    _ wide: (SIMD8<Float>, SIMD8<Float>) -> SIMD8<Float>, _ narrow: (Float, Float) -> Float
  ) -> Double {
    var total = 0.0
    let (rawA, rawB) = (UnsafeRawPointer(a), UnsafeRawPointer(b))
    let whole = count & ~7
    var start = 0
    while start < whole {
      var partial = SIMD8<Float>.zero
      let end = min(whole, start + 1024)
      for index in stride(from: start, to: end, by: 8) {
        partial += wide(
          rawA.loadUnaligned(fromByteOffset: 4 &* index, as: SIMD8<Float>.self),
          rawB.loadUnaligned(fromByteOffset: 4 &* index, as: SIMD8<Float>.self))
      }
      total += Double(partial.sum())
      start = end
    }
    for index in whole..<count { total += Double(narrow(a[index], b[index])) }
    return total
  }
}
