import PithGraph

extension ShapeOf: Prunable {
  /// A shape changes with the channels, and inference brings what is made of it up to date; but where it becomes a
  /// number of the computation, removing channels would change results.
  public func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws {
    var waiting = node.outputs
    var seen = Set(waiting)
    while let value = waiting.popLast() {
      for reader in coupling.consumers[value] ?? [] {
        if reader.op is Reshape, reader.inputs[0] != value { continue }
        guard ShapeOf.isShapeArithmetic(reader, coupling.graph) else {
          return coupling.pin(
            try coupling.graph.operand(node, 0),
            PruningObstacle(
              node: reader.label, reason: "it computes with the size of '\(node.label)'s operand"))
        }
        waiting += reader.outputs.filter { seen.insert($0).inserted }
      }
    }
  }

  /// Whether a node makes integers of integers only.
  private static func isShapeArithmetic(_ node: Node, _ graph: Graph) -> Bool {
    (node.inputs.compactMap(\.self) + node.outputs).allSatisfy {
      !(graph[$0].type?.element.carriesChannels ?? true)
    }
  }
}
