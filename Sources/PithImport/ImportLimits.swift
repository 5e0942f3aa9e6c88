/// Bounds on what a model of any format may ask for, far beyond any that fits the edge: a small hostile file must not take
/// all memory.
enum ImportLimits {
  /// Axes of a tensor.
  static let rank = 32
  /// Elements of a value at batch 1.
  static let elements = 1 << 28
  /// Elements that all nodes together may fill in by themselves (`ConstantOfShape`).
  static let filledElements = 1 << 22
  /// Elements of an integer tensor that is computed while the graph is built.
  static let foldedElements = 1 << 12
  /// Elements of a float tensor that is computed while the graph is built, which only sizes are.
  static let foldedFloats = 64
  /// Characters in the name of an axis, which joining axes makes longer.
  static let dimensionName = 256
}
