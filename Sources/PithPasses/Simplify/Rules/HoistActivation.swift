import PithGraph

/// Moves a Relu or Clip before the MaxPool or reshape that it reads, where it can be fused into what comes before that.
///
/// A clamp is monotone, so that the largest of clamped elements is the largest clamped.
public struct HoistActivation: RewriteRule {
  public let name = "hoist activation"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard Clamp(node, in: context) != nil, let middle = movable(node, in: context),
      let x = middle.inputs[0], leadsToFusible(middle, in: context)
    else { return nil }
    var patch = Patch(context.graph)
    patch.remove(middle.id)
    patch.remove(node.id)
    let clamped = patch.addValue(context.graph[middle.outputs[0]].name)
    patch.addNode(
      node.op, inputs: [x] + node.inputs.dropFirst(), outputs: [clamped], name: node.name)
    patch.addNode(
      middle.op, inputs: [clamped] + middle.inputs.dropFirst(), outputs: node.outputs, name: middle.name)
    return patch
  }

  /// The node that computes a node's first operand for it alone, where a clamp can pass it.
  private func movable(_ node: Node, in context: RewriteContext) -> Node? {
    guard let middle = context.producer(node, 0), commutes(middle.op), middle.outputs.count == 1,
      context.onlyConsumer(middle.outputs[0]) != nil
    else { return nil }
    return middle
  }

  /// Whether a clamp can pass on to a node that it can be fused into.
  private func leadsToFusible(_ node: Node, in context: RewriteContext) -> Bool {
    var node = node
    while let next = movable(node, in: context) { node = next }
    guard let producer = context.producer(node, 0), producer.outputs.count == 1 else { return false }
    return producer.op is any ActivationFusible && context.onlyConsumer(producer.outputs[0]) != nil
  }

  private func commutes(_ op: any Operator) -> Bool {
    guard let pool = op as? MaxPool else { return Reshaping.isReshape(op) }
    // Every window must see a pixel: of none at all the largest is -∞, which a clamp would change.
    guard pool.window.dilations.allSatisfy({ $0 == 1 }) else { return false }
    guard case .explicit(let begin, let end) = pool.window.padding else { return true }
    return zip(pool.window.kernel, zip(begin, end)).allSatisfy { $1.0 < $0 && $1.1 < $0 }
  }
}
