import PithGraph

extension Constant: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let tensor: Tensor
    if let value = try node.tensor("value") {
      tensor = value
    } else if let value = try node.float("value_float") {
      tensor = Tensor(value)
    } else if let values = try node.floats("value_floats") {
      tensor = Tensor(shape: [values.count], floats: values)
    } else if let value = try node.int("value_int") {
      tensor = Tensor(shape: [], ints: [value])
    } else if let values = try node.ints("value_ints") {
      tensor = Tensor(ints: values)
    } else {
      throw GraphError("its value is not a tensor of numbers, which is all that is supported")
    }
    try builder.bind(node, to: tensor)
  }
}
