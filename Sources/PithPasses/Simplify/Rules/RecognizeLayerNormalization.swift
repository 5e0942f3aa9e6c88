import PithGraph

/// Recognizes a layer normalization over the last axes that is written out: (x − mean) / √(mean((x − mean)²) + ε), with
/// the scale and the shift that follow.
///
/// Ba, Kiros and Hinton, "Layer Normalization", 2016.
public struct RecognizeLayerNormalization: RewriteRule {
  public let name = "recognize layer normalization"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard node.op is Div, node.outputs.count == 1, node.inputs.count == 2, let centred = node.inputs[0],
      let root = context.producer(node, 1, as: Sqrt.self),
      let sum = context.producer(root.node, 0, as: Add.self), sum.op.activation == nil,
      let (variance, epsilon) = ScalarOperation.sum(sum.node, in: context), epsilon >= 0,
      let (squares, axis) = mean(variance, in: context), let x = minuend(centred, axis, in: context),
      isSquare(squares, of: x, axis, in: context), let shape = context.graph[x].type?.shape
    else { return nil }
    let normalized = shape.dimensions[axis...].compactMap(\.size)
    guard normalized.count == shape.rank - axis, let count = Shape.elementCount(normalized), count > 0 else {
      return nil
    }

    var end = node
    var removed = [node]
    var scale = Tensor(shape: normalized, floats: Array(repeating: 1, count: count))
    if let product = context.soleReader(end, as: Mul.self),
      let tensor = parameter(product.node, beside: end, normalized, in: context)
    {
      scale = tensor
      end = product.node
      removed.append(end)
    }
    var shift: Tensor?
    if let add = context.soleReader(end, as: Add.self), add.op.activation == nil,
      let tensor = parameter(add.node, beside: end, normalized, in: context)
    {
      shift = tensor
      removed.append(add.node)
    }
    let name = node.label
    return context.fuse(
      removed, into: LayerNormalization(axis: axis - shape.rank, epsilon: epsilon), inputs: [x],
      name: removed[removed.count - 1].name
    ) { patch in
      let scale = patch.addConstant("\(name).scale", scale)
      return [scale] + (shift.map { [patch.addConstant("\(name).bias", $0)] } ?? [])
    }
  }

  /// What a value is the mean of over the last axes, which stay, and the first of these.
  private func mean(_ id: ValueID, in context: RewriteContext) -> (ValueID, Int)? {
    guard let node = context.producers[id], let op = node.op as? ReduceMean, op.keepsDimensions,
      let x = node.inputs[0], let shape = context.shape(node, 0), shape.rank > 0,
      let listed = context.integers(node, 1)
    else { return nil }
    let axes = Set(listed.map { $0 < 0 ? $0 + shape.rank : $0 })
    guard let first = axes.min(), first > 0, axes == Set(first..<shape.rank) else { return nil }
    return (x, first)
  }

  /// x of x − mean(x).
  private func minuend(_ id: ValueID, _ axis: Int, in context: RewriteContext) -> ValueID? {
    guard let node = context.producers[id], node.op is Sub, node.inputs.count == 2, let x = node.inputs[0],
      let mean = node.inputs[1], let (source, first) = self.mean(mean, in: context), source == x,
      first == axis
    else { return nil }
    return x
  }

  /// Whether a value is (x − mean(x))², the difference perhaps computed once more.
  private func isSquare(_ id: ValueID, of x: ValueID, _ axis: Int, in context: RewriteContext) -> Bool {
    guard let node = context.producers[id], node.inputs.count == 2, let base = node.inputs[0],
      minuend(base, axis, in: context) == x
    else { return false }
    return node.op is Pow ? context.scalar(node, 1) == 2 : node.op is Mul && node.inputs[1] == base
  }

  /// The constant operand of a product or a sum, where it runs along the normalized axes.
  private func parameter(_ node: Node, beside before: Node, _ normalized: [Int], in context: RewriteContext)
    -> Tensor?
  {
    guard node.inputs.count == 2, let index = node.inputs.firstIndex(where: { $0 != before.outputs[0] }),
      let constant = context.constant(node, index), constant.element == .float32,
      context.outputType(node)?.shape == context.outputType(before)?.shape
    else { return nil }
    let shape = Array(constant.shape.drop { $0 == 1 })
    return shape == Array(normalized.drop { $0 == 1 }) ? constant.reshaped(normalized) : nil
  }
}
