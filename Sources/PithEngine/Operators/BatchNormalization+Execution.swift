import CPithFloatKernels
import PithGraph

extension BatchNormalization: InPlaceExecutable {
  public func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor] {
    try evaluate(consuming: &inputs, activation: nil)
  }

  /// The same with an activation behind it.
  func evaluate(consuming inputs: inout [Tensor?], activation: Activation?) throws -> [Tensor] {
    let shape = try outputShape(inputs)
    let lines = lines(
      scales: try inputs.floats(1), biases: try inputs.floats(2), means: try inputs.floats(3),
      factors: factors(try inputs.floats(4).map(Double.init)), activation)
    // Only the first output is that of inference.
    var x = try inputs.takeFloats(0)
    x.withMutableFloats { values in
      values.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress, buffer.count > 0 else { return }
        ChannelMaps(shape).scale(base, by: lines, to: base)
      }
    }
    return [x]
  }

  /// 1 / √(variance + ε)
  func factors(_ variances: [Double]) -> [Float] {
    variances.map { Float(1 / ($0 + Double(epsilon)).squareRoot()) }
  }

  /// What is done to each channel.
  func lines(
    scales: [Float], biases: [Float], means: [Float], factors: [Float], _ activation: Activation?
  ) -> [pith_float_line] {
    let clamp = ClampBounds(activation)
    return means.indices.map { channel in
      pith_float_line(
        mean: means[channel], factor: scales[channel] * factors[channel], shift: biases[channel],
        low: clamp.low, high: clamp.high)
    }
  }
}
