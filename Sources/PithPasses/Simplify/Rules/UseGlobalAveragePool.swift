import PithGraph

/// Recognizes the mean of a whole map: a ReduceMean over the spatial axes or an AveragePool whose window is the map.
public struct UseGlobalAveragePool: RewriteRule {
  public let name = "global average pool"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard let shape = context.shape(node, 0), (3...4).contains(shape.rank),
      context.type(node, 0)?.element == .float32
    else {
      return nil
    }
    switch node.op {
    case let mean as ReduceMean:
      if context.has(node, 1), context.integers(node, 1) == nil { return nil }
      guard try mean.axes(context.integers(node, 1), rank: shape.rank) == Array(2..<shape.rank) else {
        return nil
      }
      if mean.keepsDimensions { break }
      var patch = Patch(context.graph)
      patch.remove(node.id)
      let pooled = patch.addValue("\(context.graph[node.outputs[0]].name).pooled")
      patch.addNode(GlobalAveragePool(), inputs: [node.inputs[0]], outputs: [pooled], name: node.name)
      patch.addNode(Flatten(), inputs: [pooled], outputs: node.outputs, name: "\(node.label).flatten")
      return patch
    case let pool as AveragePool:
      guard case .explicit(let begin, let end) = pool.window.padding, (begin + end).allSatisfy({ $0 == 0 }),
        pool.window.dilations.allSatisfy({ $0 == 1 }),
        shape.dimensions.dropFirst(2).elementsEqual(pool.window.kernel.map { .fixed($0) })
      else { return nil }
    default: return nil
    }
    return context.fuse([node], into: GlobalAveragePool(), inputs: [node.inputs[0]], name: node.name)
  }
}
