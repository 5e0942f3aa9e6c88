import PithGraph

/// Makes of a group or instance normalization the layer normalization of each group, whose elements are a row, and a
/// multiplication and an addition by channel, which a layer after it may take in.
///
/// Wu and He, "Group Normalization", 2018.
public struct DecomposeGroupNormalization: RewriteRule {
  public let name = "decompose group normalization"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard let op = node.op as? GroupNormalization, let x = node.inputs[0], let shape = context.shape(node, 0),
      let channels = shape[1].size, let scale = context.constant(node, 1)?.floats,
      let shift = context.constant(node, 2)?.floats, scale.count == channels, shift.count == channels
    else { return nil }
    let spatial = shape.dimensions[2...].compactMap(\.size)
    guard spatial.count == shape.rank - 2, let elements = Shape.elementCount(spatial), elements > 0,
      let count = Shape.elementCount([channels / op.groups, elements])
    else { return nil }
    let rows = Shape([shape[0], .fixed(op.groups), .fixed(count)])
    guard let before = Reshaping(from: shape, to: rows), let after = Reshaping(from: rows, to: shape) else {
      return nil
    }
    let label = node.label
    var patch = Patch(context.graph)
    patch.remove(node.id)
    let names = ["groups", "normalized", "restored", "scaled"]
    let values = names.map { patch.addValue("\(label).\($0)") }
    before.add(to: &patch, input: x, output: values[0], name: "\(label).split")
    let one = patch.addConstant("\(label).one", Tensor(shape: [1], floats: [1]))
    patch.addNode(
      LayerNormalization(axis: -1, epsilon: op.epsilon), inputs: [values[0], one], outputs: [values[1]],
      name: "\(label).normalize")
    after.add(to: &patch, input: values[1], output: values[2], name: "\(label).join")
    let perChannel = [channels] + spatial.map { _ in 1 }
    let factor = patch.addConstant(
      context.name(node, 1, or: "scale"), Tensor(shape: perChannel, floats: scale))
    let term = patch.addConstant(context.name(node, 2, or: "bias"), Tensor(shape: perChannel, floats: shift))
    patch.addNode(Mul(), inputs: [values[2], factor], outputs: [values[3]], name: "\(label).scale")
    patch.addNode(Add(), inputs: [values[3], term], outputs: node.outputs, name: node.name)
    return patch
  }
}
