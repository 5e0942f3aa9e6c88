import CPithFloatKernels
import PithGraph

/// The loops of fake quantization, over stretches of floats that share one scale.
struct FakeQuantization {
  /// Reals per level.
  var scale: Float
  /// The smallest and the largest level, counted from the zero point.
  var low: Float
  var high: Float

  /// target = round(clamp(source / scale)) · scale. NaN stays NaN.
  func round(
    _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int,
    _ kernels: FloatKernels = .best
  ) {
    kernels.call.fake_quantize?(source, Int64(count), scale, low, high, target)
  }

  /// The gradient of x, which passes where the level was not clamped (Bengio et al., "Estimating or Propagating Gradients
  /// Through Stochastic Neurons", 2013) and is 0 elsewhere, and that of the scale.
  ///
  /// ∂y/∂scale is round(v) − v inside the range and the clamped level outside it, with v = x / scale (Esser et al.,
  /// "Learned Step Size Quantization", 2020, equation 3).
  /// - Parameter target: where the gradient of x goes; nil where it is not asked for.
  /// - Returns: Σ gradient · ∂y/∂scale.
  func gradient(
    _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>?,
    count: Int, _ kernels: FloatKernels = .best
  ) -> Double {
    kernels.call.fake_quantize_gradient?(x, gradient, Int64(count), scale, low, high, target) ?? 0
  }
}

extension FakeQuantize {
  /// x in stretches of one scale each: `outer` times `channels` stretches of `inner` floats.
  struct Stretches {
    var outer = 1
    var channels = 1
    var inner: Int
  }

  func stretches(of shape: [Int]) throws -> Stretches {
    guard let axis else { return Stretches(inner: shape.reduce(1, *)) }
    let index = try Operands.axis(axis, rank: shape.count)
    return Stretches(
      outer: shape[..<index].reduce(1, *), channels: shape[index], inner: shape[(index + 1)...].reduce(1, *))
  }

  /// The loops for each scale.
  func quantizations(steps: [Float]) -> [FakeQuantization] {
    scales(steps: steps).map {
      FakeQuantization(
        scale: $0, low: Float(levels.lowerBound - zeroPoint), high: Float(levels.upperBound - zeroPoint))
    }
  }
}
