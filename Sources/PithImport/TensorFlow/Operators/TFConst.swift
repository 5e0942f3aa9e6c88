import PithGraph

/// A tensor written in the graph.
enum TFConst: TFReader {
  static let operators = ["Const"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    guard let message = try node.tensor("value") else { throw GraphError("attribute 'value' is missing") }
    guard builder.mayFill(message.repeatedCount) else {
      throw GraphError("a tensor of shape \(message.shape) is too large to be filled with one number")
    }
    let tensor = try message.tensor()
    if tensor.element == .int64, tensor.count <= TFIntegers.limit, let numbers = tensor.integers,
      let integers = TFIntegers(shape: tensor.shape, elements: numbers.map { .fixed($0) })
    {
      return [.integers(integers)]
    }
    return [.tensor(builder.constant(node.name, tensor))]
  }
}
