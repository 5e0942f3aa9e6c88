/// How real numbers become unsigned bytes: real = (q − zeroPoint) · scale.
public struct QuantizationParameters: Sendable, Hashable, Codable {
  /// Reals per unit; positive and finite.
  public var scale: Float
  /// The byte that means 0, from 0 to 255.
  public var zeroPoint: Int

  public init(scale: Float, zeroPoint: Int) {
    self.scale = scale
    self.zeroPoint = zeroPoint
  }

  /// The parameters whose 256 levels span the range, extended to hold 0, so that 0 is exactly representable.
  ///
  /// Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only Inference",
  /// 2018, section 3.
  public init(covering range: ClosedRange<Float>) {
    let low = Double(Swift.min(range.lowerBound, 0))
    let high = Double(Swift.max(range.upperBound, 0))
    let scale = Float((high - low) / 255)
    guard scale.isFinite, scale >= .leastNormalMagnitude else {
      // Nothing but zeros was seen: any scale represents them.
      self.init(scale: 1, zeroPoint: 0)
      return
    }
    self.init(
      scale: scale,
      zeroPoint: Swift.min(255, Swift.max(0, Int((-low / Double(scale)).rounded(.toNearestOrEven)))))
  }

  /// The parameters of zero point 128 whose levels 1 to 255 span the range.
  public init(symmetricallyCovering range: ClosedRange<Float>) {
    let magnitude = Swift.max(abs(range.lowerBound), abs(range.upperBound))
    let scale = Float(Double(magnitude) / 127)
    self.init(scale: scale.isFinite && scale >= .leastNormalMagnitude ? scale : 1, zeroPoint: 128)
  }

  /// The reals that the bytes 0 and 255 mean.
  public var range: ClosedRange<Float> { real(0)...real(255) }

  /// The byte nearest to a real, as the runtime rounds it.
  public func quantized(_ real: Float) -> UInt8 {
    let level = (real / scale).rounded(.toNearestOrEven) + Float(zeroPoint)
    return level >= 0 ? UInt8(Swift.min(255, level)) : 0
  }

  /// The real that a byte means.
  public func real(_ byte: UInt8) -> Float { Float(Int(byte) - zeroPoint) * scale }
}
