import PithGraph

extension Unsqueeze: Quantizable {
  public var outputRange: OutputRange { .sameAsOperand(0) }
}
