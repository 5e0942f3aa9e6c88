import PithGraph

extension Graph {
  /// The float32 constants that training changes, in the order in which nodes use them, each once.
  ///
  /// These are the weights, biases and scales of layers, also where they are transposed or reshaped first; a constant that
  /// is added is one where it is the bias of a product. Other constants (the mean and deviation of a built-in
  /// preprocessing, bounds, shapes) stay.
  public func trainableParameters() -> [ValueID] {
    let producers = producers()
    var seen: Set<ValueID> = []
    var result: [ValueID] = []
    for node in nodes {
      guard let op = node.op as? any Differentiable else { continue }
      let operands = node.op is Add ? biases(of: node, producers) : op.parameterOperands
      for index in operands where index < node.inputs.count {
        guard let id = node.inputs[index].map({ source(of: $0, producers) }),
          self[id].constant?.element == .float32,
          seen.insert(id).inserted
        else { continue }
        result.append(id)
      }
    }
    return result
  }

  /// The operands of a sum whose other operand is a product.
  private func biases(of node: Node, _ producers: [ValueID: Node]) -> [Int] {
    [0, 1].filter { index in
      guard let other = node.inputs[1 - index], let op = producers[other]?.op else { return false }
      return op is MatMul || op is Gemm || op is Conv
    }
  }

  /// The value whose elements these are, under whatever shape and order.
  public func source(of id: ValueID, _ producers: [ValueID: Node]) -> ValueID {
    var id = id
    while let producer = producers[id], let operand = producer.inputs.first ?? nil {
      switch producer.op {
      case is Identity, is Transpose, is Reshape, is Flatten, is Squeeze, is Unsqueeze: id = operand
      default: return id
      }
    }
    return id
  }
}
