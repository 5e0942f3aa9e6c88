import PithGraph

extension Identity: Quantizable {
  public var outputRange: OutputRange { .sameAsOperand(0) }
}
