import PithGraph

extension Flatten: Quantizable {
  public var outputRange: OutputRange { .sameAsOperand(0) }
}
