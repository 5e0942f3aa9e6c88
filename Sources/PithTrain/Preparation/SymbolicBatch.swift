import PithGraph

extension Graph {
  /// The size of the batch, where the first axis of the inputs is a number.
  public var fixedBatch: Int? {
    inputs.first.flatMap { self[$0].type?.shape.dimensions.first?.size }
  }

  /// The graph with a name instead of a number as its inputs' batch. Values keep their identifiers.
  /// - Throws: `TrainingError` where the number is built into the graph in some other way.
  public func withSymbolicBatch() throws -> Graph {
    guard let batch = fixedBatch else { return self }
    let name = Dimension.symbolic("batch")
    var graph = self
    for id in inputs {
      guard var type = graph[id].type, type.shape.dimensions.first?.size == batch else { continue }
      type.shape[0] = name
      graph.setInputType(id, type)
    }
    var nodes = graph.nodes
    do {
      for index in nodes.indices {
        if let op = nodes[index].op as? Reshape,
          let id = try graph.batchlessShape(nodes[index], op, batch, name)
        {
          nodes[index].inputs[1] = id
          nodes[index].op = Reshape(allowsZero: false)
        }
        for (output, type) in zip(nodes[index].outputs, try graph.outputTypes(of: nodes[index])) {
          graph.update(output) { $0.type = type }
        }
      }
      graph.replaceNodes(nodes)
      try graph.verify()
    } catch let error as GraphError {
      throw TrainingError(Graph.fixedBatchMessage(batch) + ": \(error)")
    }
    for output in graph.outputs where graph[output].type?.shape.dimensions.first != name {
      throw TrainingError(
        Graph.fixedBatchMessage(batch)
          + ": output '\(graph[output].name)' would have the shape \(graph[output].type?.shape ?? [])")
    }
    return graph
  }

  private static func fixedBatchMessage(_ batch: Int) -> String {
    "the model works on batches of \(batch) only; export it with a batch of any size (in PyTorch dynamic_axes={\"input\": {0: \"batch\"}})"
  }

  /// For a reshape that has the batch as the first number of a constant shape: another constant that copies the batch.
  private mutating func batchlessShape(
    _ node: Node, _ op: Reshape, _ batch: Int, _ name: Dimension
  ) throws -> ValueID? {
    guard node.inputs.count > 1, let data = node.inputs[0], let shape = node.inputs[1],
      self[data].type?.shape.dimensions.first == name, let sizes = self[shape].constant?.integers,
      sizes.first == batch, !(op.allowsZero && sizes.contains(0))
    else { return nil }
    return addConstant(self[shape].name + "_any_batch", Tensor(ints: [0] + sizes.dropFirst()))
  }
}
