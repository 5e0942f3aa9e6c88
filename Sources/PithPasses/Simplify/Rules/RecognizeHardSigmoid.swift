import PithGraph

/// Recognizes a hard sigmoid that is written as Add, Clip and Div: max(0, min(h, x + b)) / h, also where x is multiplied
/// in before the division (a hard swish), and max(0, min(1, a · x + b)).
///
/// Howard et al., "Searching for MobileNetV3", 2019, section 5.2.
public struct RecognizeHardSigmoid: RewriteRule {
  public let name = "recognize hard sigmoid"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard node.op is Add, let (x, shift) = ScalarOperation.sum(node, in: context),
      let (clamped, high) = clamp(node, in: context)
    else { return nil }
    if let divided = context.onlyConsumer(clamped.outputs[0]),
      divides(divided, clamped, by: high, in: context)
    {
      let op = HardSigmoid(alpha: 1 / high, beta: shift / high)
      return context.fuse(nodes(node, clamped, divided), into: op, inputs: [x], name: divided.name)
    }
    if let product = context.soleReader(clamped, as: Mul.self), product.node.inputs.contains(x),
      let divided = context.onlyConsumer(product.node.outputs[0]),
      divides(divided, product.node, by: high, in: context)
    {
      var patch = Patch(context.graph)
      for removed in nodes(node, clamped, product.node) + [divided] { patch.remove(removed.id) }
      let gate = patch.addValue("\(context.graph[divided.outputs[0]].name).gate")
      patch.addNode(
        HardSigmoid(alpha: 1 / high, beta: shift / high), inputs: [x], outputs: [gate],
        name: "\(divided.label).gate")
      patch.addNode(Mul(), inputs: [x, gate], outputs: divided.outputs, name: divided.name)
      return patch
    }
    guard high == 1, let scaled = context.producers[x], context.onlyConsumer(x) != nil,
      let (operand, factor) = ScalarOperation.product(scaled, in: context)
    else { return nil }
    return context.fuse(
      [scaled] + nodes(node, clamped), into: HardSigmoid(alpha: factor, beta: shift), inputs: [operand],
      name: clamped.name)
  }

  /// The nodes without repetition: the clamp may be the Add's own.
  private func nodes(_ list: Node...) -> [Node] {
    var result: [Node] = []
    for node in list where result.last?.id != node.id { result.append(node) }
    return result
  }

  /// Who clamps the sum from 0 to a positive number: the Add itself or the only reader.
  private func clamp(_ node: Node, in context: RewriteContext) -> (Node, Float)? {
    var result: (Node, Clamp)?
    if let activation = (node.op as? Add)?.activation {
      result = Clamp(activation).map { (node, $0) }
    } else if let reader = context.soleReader(node, as: Clip.self), reader.node.inputs[0] == node.outputs[0] {
      result = Clamp(reader.node, in: context).map { (reader.node, $0) }
    }
    guard let (end, clamp) = result, clamp.low == 0, clamp.high > 0, clamp.high.isFinite else { return nil }
    return (end, clamp.high)
  }

  private func divides(_ node: Node, _ before: Node, by number: Float, in context: RewriteContext) -> Bool {
    guard let (x, factor) = ScalarOperation.product(node, in: context), x == before.outputs[0] else {
      return false
    }
    return abs(factor * number - 1) <= 2 * Float.ulpOfOne
  }
}

/// An addition of, or multiplication by, one constant number that leaves the shape as it is.
enum ScalarOperation {
  /// x and b of x + b.
  static func sum(_ node: Node, in context: RewriteContext) -> (ValueID, Float)? {
    node.op is Add ? operands(node, in: context) : nil
  }

  /// x and a of a · x, or of x / (1 / a).
  static func product(_ node: Node, in context: RewriteContext) -> (ValueID, Float)? {
    switch node.op {
    case is Mul: return operands(node, in: context)
    case is Div:
      guard let (x, number) = operands(node, in: context), node.inputs[0] == x, number != 0 else {
        return nil
      }
      return (x, 1 / number)
    default: return nil
    }
  }

  private static func operands(_ node: Node, in context: RewriteContext) -> (ValueID, Float)? {
    guard node.inputs.count == 2, node.outputs.count == 1, let shape = context.outputType(node)?.shape else {
      return nil
    }
    for (data, constant) in [(0, 1), (1, 0)] {
      if let number = context.scalar(node, constant), number.isFinite, context.constant(node, data) == nil,
        let x = node.inputs[data], context.graph[x].type?.shape == shape
      {
        return (x, number)
      }
    }
    return nil
  }
}
