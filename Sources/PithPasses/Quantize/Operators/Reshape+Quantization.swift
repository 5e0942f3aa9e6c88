import PithGraph

extension Reshape: Quantizable {
  public var outputRange: OutputRange { .sameAsOperand(0) }
}
