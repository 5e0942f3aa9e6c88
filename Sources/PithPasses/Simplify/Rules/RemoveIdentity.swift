import PithGraph

/// Removes Identity, Dropout outside training, and Cast to the type that the operand has.
public struct RemoveIdentity: RewriteRule {
  public let name = "remove identity"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard let x = node.inputs.first ?? nil else { return nil }
    switch node.op {
    case is Identity: break
    case let cast as Cast:
      guard context.graph[x].type?.element == cast.element else { return nil }
    case is Dropout:
      if context.has(node, 2) {
        guard let training = context.constant(node, 2), training.storage == .bool([false]) else { return nil }
      }
    default: return nil
    }
    return context.bypass(node, with: x)
  }
}
