import PithGraph

extension BackwardPass {
  /// The gradient of an operator that only changes the shape of its first operand.
  mutating func reshapedGradient() throws -> [Tensor?] {
    onlyFirst(try takeGradient().reshaped(try inputShape(0)))
  }
}
