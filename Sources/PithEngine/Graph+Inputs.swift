import PithGraph

extension Graph {
  /// Compares tensors with the inputs that the graph declares: equal names must be equal sizes.
  /// - Throws: `GraphError` naming the input that does not fit.
  func check(inputs: [Tensor]) throws {
    guard inputs.count == self.inputs.count else {
      throw GraphError("the model has \(self.inputs.count) inputs, but \(inputs.count) are given")
    }
    var sizes: [String: Int] = [:]
    for (id, tensor) in zip(self.inputs, inputs) {
      guard let type = self[id].type else { continue }
      let given = "\(tensor.element.rawValue)\(Shape(tensor.shape))"
      guard tensor.element == type.element, tensor.rank == type.shape.rank else {
        throw GraphError("input '\(self[id].name)' is \(given), but \(type) is needed")
      }
      for (dimension, size) in zip(type.shape.dimensions, tensor.shape) {
        switch dimension {
        case .fixed(let expected):
          guard size == expected else {
            throw GraphError("input '\(self[id].name)' is \(given), but \(type) is needed")
          }
        case .symbolic(let name):
          if let other = sizes[name], other != size {
            throw GraphError(
              "input '\(self[id].name)' is \(given), where '\(name)' is \(size), but elsewhere it is \(other)"
            )
          }
          sizes[name] = size
        }
      }
    }
  }
}
