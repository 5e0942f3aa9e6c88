import PithGraph

extension HardSigmoid: Quantizable {
  public var outputRange: OutputRange { .fixed(QuantizationParameters(scale: 1 / 256, zeroPoint: 0)) }
}
