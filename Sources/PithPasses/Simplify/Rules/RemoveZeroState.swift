import PithGraph

/// Leaves out the initial states of a recurrent layer where they are zeros: what exporters fill to the size of the batch.
public struct RemoveZeroState: RewriteRule {
  public let name = "remove zero state"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard node.op is any Recurrent else { return nil }
    var inputs = node.inputs
    for index in 5...6 where index < inputs.count {
      if let state = inputs[index], context.isZero(state) { inputs[index] = nil }
    }
    guard inputs != node.inputs else { return nil }
    while let last = inputs.last, last == nil { inputs.removeLast() }
    var patch = Patch(context.graph)
    patch.remove(node.id)
    patch.addNode(node.op, inputs: inputs, outputs: node.outputs, name: node.name)
    return patch
  }
}

extension RewriteContext {
  /// Whether a value is all zeros whatever the inputs are, as far as nodes that only move elements tell.
  func isZero(_ id: ValueID) -> Bool {
    var id = id
    // Longer chains than exporters write are not followed.
    for _ in 0..<16 {
      if let constant = graph[id].constant {
        return constant.floats.map { $0.allSatisfy { $0 == 0 } } ?? false
      }
      guard let node = producers[id], let source = node.inputs.first ?? nil else { return false }
      switch node.op {
      case is Expand, is Tile, is Slice, is Squeeze, is Unsqueeze, is Reshape, is Transpose, is Identity,
        is Split, is Flatten:
        id = source
      default: return false
      }
    }
    return false
  }
}
