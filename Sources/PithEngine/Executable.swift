import PithGraph

/// An operator whose fp32 value the engine can compute.
public protocol Executable: Operator {
  /// The outputs' values for these operands, absent optional ones nil.
  ///
  /// Shapes are those of the actual tensors, so that a graph with a symbolic batch runs at any.
  /// - Throws: `GraphError` where the operands do not fit.
  func evaluate(_ inputs: [Tensor?]) throws -> [Tensor]
}

/// An executable operator that can put its output where its first operand was.
public protocol InPlaceExecutable: Executable {
  /// The same as `evaluate`, but the operands may be taken out of `inputs` and written over.
  ///
  /// Nothing is lost where someone else holds the tensor too: then writing copies it.
  func evaluate(consuming inputs: inout [Tensor?]) throws -> [Tensor]
}

extension InPlaceExecutable {
  public func evaluate(_ inputs: [Tensor?]) throws -> [Tensor] {
    var operands = inputs
    return try evaluate(consuming: &operands)
  }
}
