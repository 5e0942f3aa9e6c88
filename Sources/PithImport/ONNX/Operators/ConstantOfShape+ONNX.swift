import PithGraph

/// ONNX's ConstantOfShape: a tensor of one repeated value, which becomes a constant, or an Expand of one where its shape
/// has a symbolic axis.
enum ONNXConstantOfShape: ONNXReader {
  static let opType = "ConstantOfShape"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let shape = try builder.required(node, 0)
    let value = try node.tensor("value") ?? Tensor(shape: [1], floats: [0])
    guard value.count == 1 else { throw GraphError("its value has \(value.count) elements instead of one") }
    guard let dimensions = try builder.contents(shape) else {
      throw GraphError(
        "its shape is not constant; export the model with a fixed batch or simplify it with onnxsim")
    }
    let sizes = dimensions.compactMap(\.size)
    guard sizes.count == dimensions.count else {
      try builder.emit(Expand(), node, inputs: [builder.constant(node, "value", value), shape])
      return
    }
    guard sizes.count <= ImportLimits.rank, let count = Shape.elementCount(sizes), builder.mayFill(count)
    else {
      throw GraphError("a tensor of shape \(Shape(sizes)) is too large to be written out")
    }
    try builder.bind(node, to: Tensor(shape: sizes, storage: value.storage.repeated(count)))
  }
}

extension Tensor.Storage {
  /// The first element, `count` times.
  fileprivate func repeated(_ count: Int) -> Tensor.Storage {
    func fill<T>(_ values: [T]) -> [T] { values.first.map { Array(repeating: $0, count: count) } ?? [] }
    return switch self {
    case .float32(let values): .float32(fill(values))
    case .float64(let values): .float64(fill(values))
    case .int64(let values): .int64(fill(values))
    case .int32(let values): .int32(fill(values))
    case .int8(let values): .int8(fill(values))
    case .uint8(let values): .uint8(fill(values))
    case .bool(let values): .bool(fill(values))
    }
  }
}
