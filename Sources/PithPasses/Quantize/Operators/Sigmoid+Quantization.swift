import PithGraph

extension Sigmoid: Quantizable {
  public var outputRange: OutputRange { .fixed(QuantizationParameters(scale: 1 / 256, zeroPoint: 0)) }
}
