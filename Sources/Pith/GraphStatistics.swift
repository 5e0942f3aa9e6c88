/// What a graph costs to store and to run, for a batch of one.
public struct GraphStatistics {
  public private(set) var parameters: [NodeID: Int] = [:]
  public private(set) var multiplyAdds: [NodeID: Int] = [:]
  /// The most bytes of fp32 activations alive at one time, inputs included.
  public private(set) var peakActivationBytes = 0

  /// - Throws: where the graph cannot be specialized to a batch of one.
  public init(_ graph: Graph) throws {
    let shapes = try graph.specialized(batch: 1)
    for node in shapes.nodes {
      parameters[node.id] = node.inputs.reduce(0) { $0 + ($1.flatMap { shapes[$0].constant?.count } ?? 0) }
      multiplyAdds[node.id] = Graph.multiplyAdds(of: node) { shapes[$0].type?.shape.sizes }
    }
    peakActivationBytes = GraphStatistics.peak(shapes)
  }

  private static func peak(_ graph: Graph) -> Int {
    var lastUse: [ValueID: Int] = [:]
    for (index, node) in graph.nodes.enumerated() {
      for case let input? in node.inputs { lastUse[input] = index }
    }
    for output in graph.outputs { lastUse[output] = graph.nodes.count }
    func bytes(_ id: ValueID) -> Int {
      guard let type = graph[id].type, graph[id].constant == nil else { return 0 }
      return (type.shape.elementCount ?? 0) * type.element.byteCount
    }
    var alive = graph.inputs.reduce(0) { $0 + bytes($1) }
    var peak = alive
    for (index, node) in graph.nodes.enumerated() {
      alive += node.outputs.reduce(0) { $0 + bytes($1) }
      peak = Swift.max(peak, alive)
      for id in Set(node.inputs.compactMap(\.self) + node.outputs) where lastUse[id, default: index] == index
      {
        alive -= bytes(id)
      }
    }
    return peak
  }
}
