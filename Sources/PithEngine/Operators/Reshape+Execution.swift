import PithGraph

extension Reshape: Executable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    try inputs.reshaped(try outputShape(inputs))
  }
}

extension [Tensor?] {
  /// The first operand's elements under another shape.
  func reshaped(_ shape: [Int]) throws -> [Tensor] {
    let x = try tensor(0)
    guard Shape.elementCount(shape) == x.count else {
      throw GraphError("shape \(x.shape) with \(x.count) elements cannot become \(shape)")
    }
    return [x.reshaped(shape)]
  }
}
