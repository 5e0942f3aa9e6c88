import PithGraph

extension Dropout: Quantizable {
  public var outputRange: OutputRange { .sameAsOperand(0) }
}
