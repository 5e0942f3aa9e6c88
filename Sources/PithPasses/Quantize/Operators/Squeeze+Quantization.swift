import PithGraph

extension Squeeze: Quantizable {
  public var outputRange: OutputRange { .sameAsOperand(0) }
}
