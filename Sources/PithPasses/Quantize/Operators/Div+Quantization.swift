import PithGraph

extension Div: Quantizable {
  /// Division by a constant number is a table; there is no kernel for any other.
  public func obstacleToInteger(_ node: Node, in graph: Graph) -> String? {
    guard let divisor = graph.constant(node, 1)?.floats else { return "its divisor is computed" }
    guard divisor.count == 1, divisor[0] != 0, divisor[0].isFinite else {
      return "its divisor is not one number other than 0"
    }
    return nil
  }
}
