import PithGraph

extension Graph {
  /// The graph with a constant of its own for every parameter that is equal to another only by chance.
  ///
  /// Exporters store equal tensors once and name the others by Identity nodes: in an untrained network all biases of
  /// batch norm, and its running means besides, are the same zeros. Trained, they would stay one. Each gets its own
  /// elements under its own name; what several nodes read without such a node in between is shared on purpose, unless
  /// it belongs to batch norm. Values keep their identifiers.
  public func withOwnParameters() -> Graph {
    var graph = self
    let outputs = Set(self.outputs)
    graph.replaceNodes(
      nodes.filter { node in
        guard node.op is Identity, let source = node.inputs.first.flatMap({ $0 }),
          let constant = graph[source].constant, let target = node.outputs.first, !outputs.contains(target)
        else { return true }
        graph.update(target) {
          $0.constant = constant
          $0.type = constant.type
        }
        return false
      })
    graph.separateBatchNorms()
    return graph
  }

  /// Gives each operand of a batch norm a constant that nothing else reads.
  private mutating func separateBatchNorms() {
    var taken: Set<ValueID> = []
    for node in nodes where !(node.op is BatchNormalization) {
      taken.formUnion(node.inputs.compactMap(\.self))
    }
    var nodes = self.nodes
    for index in nodes.indices where nodes[index].op is BatchNormalization {
      for operand in nodes[index].inputs.indices.dropFirst() {
        guard let id = nodes[index].inputs[operand], let constant = self[id].constant,
          !taken.insert(id).inserted
        else { continue }
        let name =
          "\(nodes[index].label).\(operand < Self.operandNames.count ? Self.operandNames[operand] : "")"
        nodes[index].inputs[operand] = addConstant(name, constant)
      }
    }
    replaceNodes(nodes)
  }

  private static let operandNames = ["x", "weight", "bias", "running_mean", "running_var"]
}
