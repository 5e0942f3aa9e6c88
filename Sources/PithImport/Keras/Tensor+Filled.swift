import PithGraph

extension Tensor {
  /// A float32 tensor of equal elements.
  static func filled(_ shape: [Int], _ value: Float) -> Tensor {
    Tensor(shape: shape, floats: Array(repeating: value, count: Shape.elementCount(shape) ?? 0))
  }
}
