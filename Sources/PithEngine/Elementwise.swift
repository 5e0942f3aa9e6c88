import PithGraph

/// How many elements of a cheap loop make a task that is worth handing to another thread.
let elementwiseGrain = 1 << 16

extension InPlaceExecutable {
  /// Applies a function to every element of the only float32 operand, in place.
  @inline(__always)
  func mapFloats(_ inputs: inout [Tensor?], _ function: (Float) -> Float) throws -> [Tensor] {
    _ = try outputShapes(inputs)
    var tensor = try inputs.takeFloats(0)
    tensor.withMutableFloats { values in
      values.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        Parallelism.forEachRange(buffer.count, grain: elementwiseGrain) { range in
          let start = base + range.lowerBound
          for index in 0..<range.count { start[index] = function(start[index]) }
        }
      }
    }
    return [tensor]
  }
}

/// Functions of one number without branches, so that loops over them vectorize.
enum VectorMath {
  /// exp(r) - 1 for |r| ≤ ln 2 / 2, by its series: the remainder is below 6e-9 of r.
  @inline(__always)
  private static func exponentialMinusOne(reduced r: Float) -> Float {
    var sum: Float = 1 / 5040
    sum = sum * r + 1 / 720
    sum = sum * r + 1 / 120
    sum = sum * r + 1 / 24
    sum = sum * r + 1 / 6
    sum = sum * r + 1 / 2
    return sum * r * r + r
  }

  /// x = n · ln 2 + r with the smallest |r|, and 2ⁿ. For |x| < 88.
  @inline(__always)
  private static func reduce(_ x: Float) -> (remainder: Float, power: Float) {
    // Adding 1.5 · 2²³ rounds to the nearest integer and leaves it in the low bits.
    let shifted = x * 1.442_695_04 + 12_582_912
    let n = shifted - 12_582_912
    // ln 2 in two parts, the first with few bits, so that n times it is exact (Cody and Waite, 1980).
    let remainder = (x - n * 0.693_359_375) + n * 2.121_944_4e-4
    let power = Float(bitPattern: (shifted.bitPattern << 23) &+ 0x3f80_0000)
    return (remainder, power)
  }

  /// eˣ, to about 2 units in the last place; zero below the normal numbers, and e⁸⁸ above that.
  @inline(__always)
  static func exponential(_ x: Float) -> Float {
    let low = x < -87.3 ? -87.3 : x
    let (remainder, power) = reduce(low > 88 ? 88 : low)
    return x < -87.3 ? 0 : (exponentialMinusOne(reduced: remainder) + 1) * power
  }

  /// 1 / (1 + e⁻ˣ)
  @inline(__always)
  static func sigmoid(_ x: Float) -> Float { 1 / (1 + exponential(-x)) }

  /// tanh x = E / (E + 2) with E = e²ˣ - 1, which is accurate for small x too.
  @inline(__always)
  static func hyperbolicTangent(_ x: Float) -> Float {
    let low = x < -10 ? -10 : x
    let (remainder, power) = reduce(2 * (low > 10 ? 10 : low))
    let e = exponentialMinusOne(reduced: remainder) * power + (power - 1)
    return e / (e + 2)
  }
}
