import PithGraph

extension Tanh: Quantizable {
  public var outputRange: OutputRange { .fixed(QuantizationParameters(scale: 1 / 128, zeroPoint: 128)) }
}
