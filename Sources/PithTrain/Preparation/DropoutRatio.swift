import PithGraph

extension Graph {
  /// The graph with another ratio in every Dropout node. Values keep their identifiers.
  /// - Throws: `TrainingError` where there is no such node.
  public func settingDropout(_ ratio: Double) throws -> Graph {
    var graph = self
    let id = graph.addConstant("dropout_ratio", Tensor(Float(ratio)))
    var found = false
    let nodes = graph.nodes.map { node in
      guard node.op is Dropout else { return node }
      found = true
      var copy = node
      if copy.inputs.count < 2 { copy.inputs.append(id) } else { copy.inputs[1] = id }
      return copy
    }
    guard found else {
      throw TrainingError(
        "--dropout has nothing to act on: the model has no Dropout node; exporters drop it unless asked not to (docs/training.md)"
      )
    }
    graph.replaceNodes(nodes)
    return graph
  }
}
