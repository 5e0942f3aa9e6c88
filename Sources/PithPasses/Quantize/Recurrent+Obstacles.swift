import PithGraph

extension Recurrent {
  /// Why a recurrent layer has to stay in fp32; nil where it need not.
  func recurrenceObstacle(_ node: Node, in graph: Graph) -> String? {
    guard let x = node.inputs[0], let sizes = graph[x].type?.shape.sizes, sizes.count == 3 else {
      return "its shapes are not known"
    }
    if sizes[1] != 1 {
      return
        "its batch is fixed at \(sizes[1]), and the integer kernels run one sequence; export it with a batch of 1"
    }
    if sizes[0] == 0 || sizes[2] == 0 { return "its input is empty" }
    for (index, what) in [(1, "weights"), (2, "recurrent weights"), (3, "bias")]
    where index < node.inputs.count && node.inputs[index] != nil && graph.constant(node, index) == nil {
      return "its \(what) are computed"
    }
    if node.inputs.count > 4, let lengths = node.inputs[4] {
      guard graph[lengths].constant?.integers == [sizes[0]] else {
        return "it has sequence lengths, which the integer kernels do not follow"
      }
    }
    if clip != nil { return "it clips its gates" }
    if hiddenSize > 1 << 20 { return "its hidden size is too large" }
    for cell in 0..<direction.count {
      for function in activations(of: cell) where !function.hasKernel {
        return "its cell's function \(function.name) has no integer kernel"
      }
    }
    return nil
  }
}

extension RecurrentActivation {
  /// Whether the cells of the runtime have the function.
  public var hasKernel: Bool {
    switch self {
    case .sigmoid, .tanh, .relu, .affine, .hardSigmoid, .leakyRelu, .softsign: true
    case .thresholdedRelu, .scaledTanh, .elu, .softplus: false
    }
  }
}
