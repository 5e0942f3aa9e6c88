import PithGraph

/// Reorders a Gemm's weights so that the map before it can be flattened as it is instead of channels last.
public struct FoldTransposeIntoGemm: RewriteRule {
  public let name = "fold transpose into Gemm"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard let gemm = node.op as? Gemm, gemm.transposesB, !gemm.transposesA,
      let weights = context.constant(node, 1), let floats = weights.floats, weights.rank == 2,
      let reshape = context.producer(node, 0), Reshaping.isReshape(reshape.op), reshape.outputs.count == 1,
      context.onlyConsumer(reshape.outputs[0]) != nil,
      let transpose = context.soleProducer(reshape, 0, as: Transpose.self), let x = transpose.node.inputs[0],
      let from = context.graph[x].type?.shape, let flat = context.shape(node, 0), flat.rank == 2,
      from.rank >= 2, from[0] == flat[0]
    else { return nil }
    let order = try transpose.op.order(rank: from.rank)
    let sizes = from.dimensions.dropFirst().compactMap(\.size)
    guard order[0] == 0, sizes.count == from.rank - 1, Shape.elementCount(sizes) == weights.shape[1],
      let reshaping = Reshaping(from: from, to: flat)
    else { return nil }

    let sources = Self.offsets(sizes, order: order.dropFirst().map { $0 - 1 })
    var moved = floats
    for row in 0..<weights.shape[0] {
      let start = row * sources.count
      for (column, source) in sources.enumerated() { moved[start + source] = floats[start + column] }
    }
    var patch = Patch(context.graph)
    for removed in [transpose.node, reshape, node] { patch.remove(removed.id) }
    reshaping.add(to: &patch, input: x, output: reshape.outputs[0], name: reshape.label)
    let constant = patch.addConstant(
      context.name(node, 1, or: "weight"), Tensor(shape: weights.shape, floats: moved))
    patch.addNode(
      gemm, inputs: [reshape.outputs[0], constant] + node.inputs.dropFirst(2), outputs: node.outputs,
      name: node.name)
    return patch
  }

  /// For each element of the transposed map, in order, its offset in the map itself.
  private static func offsets(_ sizes: [Int], order: [Int]) -> [Int] {
    let strides = Tensor.strides(of: sizes)
    var offsets = [0]
    for axis in order {
      offsets = offsets.flatMap { base in (0..<sizes[axis]).map { base + $0 * strides[axis] } }
    }
    return offsets
  }
}
