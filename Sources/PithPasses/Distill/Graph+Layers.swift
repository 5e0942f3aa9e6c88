import PithGraph

extension Graph {
  /// The numbers that the graph's first output makes probabilities of: what comes before a last Softmax, or before the
  /// Sigmoid of a single output; else the output itself.
  public func logits() throws -> ValueID {
    guard let output = outputs.first else { throw GraphError("the graph has no outputs") }
    var value = output
    let producers = producers()
    while let node = producers[value], let input = node.inputs.first ?? nil {
      switch node.op {
      case is Identity, is Dropout: value = input
      case let op as Softmax:
        let rank = self[input].type?.shape.rank
        return rank == 2 && (op.axis == 1 || op.axis == -1) ? input : output
      case is Sigmoid: return self[output].type?.shape.dimensions.last?.size == 1 ? input : output
      default: return output
      }
    }
    return output
  }

  /// The value that a node of that name computes, or that is itself called so.
  /// - Parameter model: the model's name, for the message.
  /// - Throws: `GraphError` that lists names which could be meant.
  public func layer(named name: String, model: String) throws -> ValueID {
    if let node = nodes.first(where: { $0.name == name }), let output = node.outputs.first { return output }
    if let output = nodes.lazy.flatMap(\.outputs).first(where: { self[$0].name == name }) { return output }
    throw GraphError("\(model) has no node or value '\(name)'; it has \(layerNames())")
  }

  /// The names of the layers that features can be taken from, those with the most alike name being the user's to find.
  private func layerNames() -> String {
    let computing = nodes.filter {
      $0.op is Conv || $0.op is Gemm || $0.op is MatMul || $0.op is Relu || $0.op is Add
        || $0.op is BatchNormalization || $0.op is Clip
    }
    let names = computing.compactMap { node -> String? in
      node.name.isEmpty ? node.outputs.first.map { self[$0].name } : node.name
    }.filter { !$0.isEmpty }
    let shown = names.prefix(24).map { "'\($0)'" }.joined(separator: ", ")
    return names.count > 24
      ? "\(shown) and \(names.count - 24) more" : names.isEmpty ? "no named layers" : shown
  }
}
