extension LayerChange {
  /// The layers of a network before and after a step, those with parameters, in the order in which they run.
  ///
  /// Layers are told apart by their nodes' names, which pruning keeps. Both graphs are looked at in simplified form.
  /// - Throws: where a shape beside the batch is not known.
  public static func between(_ before: Graph, _ after: Graph) throws -> [LayerChange] {
    let old = try Layers(before)
    let new = try Layers(after)
    var changes = old.order.map { key in
      LayerChange(
        name: key.name, operators: new.operators[key] ?? old.operators[key] ?? "",
        before: old.sizes[key] ?? none, after: new.sizes[key] ?? none)
    }
    for key in new.order where old.sizes[key] == nil {
      changes.append(
        LayerChange(
          name: key.name, operators: new.operators[key] ?? "", before: none, after: new.sizes[key] ?? none))
    }
    return changes
  }

  private static let none = Size(channels: nil, parameters: 0, nonzeroParameters: 0, multiplyAdds: 0)

  /// A node's name; the second node of the same name has another.
  private struct Key: Hashable {
    var name: String
    var occurrence: Int
  }

  private struct Layers {
    var order: [Key] = []
    var sizes: [Key: Size] = [:]
    var operators: [Key: String] = [:]

    init(_ graph: Graph) throws {
      let simplified = try Simplify.run(graph).graph
      let shapes = try simplified.specialized(batch: 1)
      let statistics = try GraphStatistics(simplified)
      var occurrences: [String: Int] = [:]
      for node in shapes.nodes {
        let constants = node.inputs.compactMap { $0.flatMap { shapes[$0].constant } }
        guard constants.contains(where: { $0.floats != nil && $0.count > 1 }) else { continue }
        let key = Key(name: node.label, occurrence: occurrences[node.label, default: 0])
        occurrences[node.label, default: 0] += 1
        order.append(key)
        operators[key] = LayerTable.operators(node)
        sizes[key] = Size(
          channels: Layers.channels(of: node, in: shapes),
          parameters: constants.reduce(0) { $0 + $1.count },
          nonzeroParameters: constants.reduce(0) { $0 + $1.nonzeroCount },
          multiplyAdds: statistics.multiplyAdds[node.id] ?? 0)
      }
    }

    /// How many outputs the layer's own weights make.
    private static func channels(of node: Node, in shapes: Graph) -> Int? {
      let sizes = node.outputs.first.flatMap { shapes[$0].type?.shape.sizes } ?? []
      switch node.op {
      case is Conv: return sizes.count > 1 ? sizes[1] : nil
      case is Gemm, is MatMul: return sizes.last
      default: return nil
      }
    }
  }
}
