import PithGraph

extension MaxPool: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    try Pooling.evaluate(inputs, window, shape: try outputShape(inputs), .maximum)
  }
}
