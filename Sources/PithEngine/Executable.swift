import PithGraph

/// An operator whose fp32 value the engine can compute.
public protocol Executable: Operator {
  /// The outputs' values for these operands, absent optional ones nil.
  ///
  /// Shapes are those of the actual tensors, so that a graph with a symbolic batch runs at any.
  /// - Throws: `GraphError` where the operands do not fit.
  func evaluate(_ inputs: [Tensor?]) throws -> [Tensor]
}
