import PithGraph

/// Shifts biases by the mean error that rounding the weights makes on the mean input.
///
/// Nagel et al., "Data-Free Quantization Through Weight Equalization and Bias Correction", 2019, section 4.2, with the
/// inputs' means measured by calibration.
enum BiasCorrection {
  /// The amount to add to each output channel's bias.
  /// - Parameters:
  ///   - weights: the fp32 weights.
  ///   - means: the mean of each input channel.
  ///   - inputChannel: which input channel the element of the weights at an index meets.
  static func shifts(
    weights: [Float], quantized: QuantizedWeights, means: [Double], inputChannel: (Int, Int) -> Int
  ) -> [Double] {
    (0..<quantized.scales.count).map { channel in
      var sum = 0.0
      quantized.forEachElement(of: channel) { index in
        let error = Double(weights[index]) - Double(quantized.real(index, channel: channel))
        let input = inputChannel(index, channel)
        if input < means.count { sum += error * means[input] }
      }
      return sum
    }
  }
}
