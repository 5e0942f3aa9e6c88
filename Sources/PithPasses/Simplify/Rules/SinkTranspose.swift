import PithEngine
import PithGraph

/// Moves a transpose behind the operator that alone reads it, where that operator can as well work on the axes in their
/// old order. So the two transposes around each layer that exporters of channels-last networks write meet and cancel.
public struct SinkTranspose: RewriteRule {
  public let name = "sink transpose"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard !node.outputs.isEmpty, !node.outputs.dropFirst().contains(where: context.isRead),
      let data = Self.dataOperands(node), let order = try commonOrder(node, data, in: context),
      let sunk = try Sunk(node, order, in: context)
    else { return nil }
    var patch = Patch(context.graph)
    patch.remove(node.id)
    var inputs = sunk.inputs
    for index in data {
      guard let operand = try sink(node, index, order, into: &patch, in: context) else { return nil }
      inputs[index] = operand
    }
    for (index, numbers) in sunk.constants {
      inputs[index] = patch.addConstant(context.name(node, index, or: "axes"), Tensor(ints: numbers))
    }
    let name = context.graph[node.outputs[0]].name
    let before = patch.addValue("\(name).untransposed")
    patch.addNode(sunk.op, inputs: inputs, outputs: [before], name: node.name)
    patch.addNode(
      Transpose(permutation: sunk.order), inputs: [before], outputs: [node.outputs[0]],
      name: "\(node.label).transpose")
    return patch
  }

  /// Which operands are tensors whose axes the operator goes by; nil where it cannot work on other orders.
  private static func dataOperands(_ node: Node) -> Range<Int>? {
    switch node.op {
    case is Relu, is Clip, is LeakyRelu, is Sigmoid, is Tanh, is HardSigmoid, is HardSwish, is Cast, is Identity,
      is Dropout, is Pad, is Slice, is Softmax, is ReduceMean:
      0..<1
    case is Add, is Sub, is Mul, is Div, is Concat: 0..<node.inputs.count
    default: nil
    }
  }

  /// The order that all transposes among the operands have in common. They must have no other reader, or there would
  /// be more transposes in the end than before.
  private func commonOrder(_ node: Node, _ data: Range<Int>, in context: RewriteContext) throws -> [Int]? {
    var common: [Int]?
    for index in data {
      guard let transpose = context.producer(node, index, as: Transpose.self) else { continue }
      let value = transpose.node.outputs[0]
      guard !context.graph.outputs.contains(value),
        context.consumers[value]?.allSatisfy({ $0.id == node.id }) == true,
        let rank = context.shape(node, index)?.rank
      else { return nil }
      let order = try transpose.op.order(rank: rank)
      if let common, common != order { return nil }
      common = order
    }
    return common
  }

  /// What the operator reads instead of an operand: what the transpose reads, or a constant with its axes moved, or the
  /// same where there is but one element. Nil where the operand would need a transpose of its own.
  private func sink(
    _ node: Node, _ index: Int, _ order: [Int], into patch: inout Patch, in context: RewriteContext
  ) throws -> ValueID? {
    guard let id = node.inputs[index], let shape = context.graph[id].type?.shape, shape.rank <= order.count else {
      return nil
    }
    if let transpose = context.producer(node, index, as: Transpose.self) { return transpose.node.inputs[0] }
    if !(node.op is Concat), shape.dimensions.allSatisfy({ $0 == 1 }) { return id }
    guard let constant = context.graph[id].constant, !(node.op is Concat) || shape.rank == order.count else {
      return nil
    }
    var inverse = order
    for (axis, source) in order.enumerated() { inverse[source] = axis }
    let padded = constant.reshaped(Array(repeating: 1, count: order.count - shape.rank) + constant.shape)
    let moved = try Transpose(permutation: inverse).evaluate([padded])
    return patch.addConstant(context.graph[id].name, moved[0])
  }
}

/// An operator that does to axes in their old order what it did to the transposed ones.
private struct Sunk {
  var op: any Operator
  /// Its operands; the data among them are still to be replaced.
  var inputs: [ValueID?]
  /// Operands that list axes anew.
  var constants: [Int: [Int]] = [:]
  /// The transpose that comes after it.
  var order: [Int]

  init?(_ node: Node, _ order: [Int], in context: RewriteContext) throws {
    let rank = order.count
    (op, inputs, self.order) = (node.op, node.inputs, order)
    switch node.op {
    case let concat as Concat: op = Concat(axis: order[try Operands.axis(concat.axis, rank: rank)])
    case let softmax as Softmax: op = Softmax(axis: order[try Operands.axis(softmax.axis, rank: rank)])
    case is Pad:
      guard let pads = context.integers(node, 1), let axes = listed(node, 3, in: context) else { return nil }
      let (begin, end) = try Pad.amounts(pads: pads, axes: axes.values, rank: rank)
      var moved = [Int](repeating: 0, count: 2 * rank)
      for axis in 0..<rank { (moved[order[axis]], moved[rank + order[axis]]) = (begin[axis], end[axis]) }
      constants[1] = moved
      inputs = Array(inputs.prefix(3))
    case is Slice:
      guard let starts = context.integers(node, 1), let axes = listed(node, 3, in: context) else { return nil }
      constants[3] = try (axes.values ?? Array(starts.indices)).map { order[try Operands.axis($0, rank: rank)] }
      while inputs.count < 4 { inputs.append(nil) }
    case let mean as ReduceMean:
      guard let axes = listed(node, 1, in: context) else { return nil }
      let reduced = try mean.axes(axes.values, rank: rank)
      guard !reduced.isEmpty else { return nil }
      constants[1] = reduced.map { order[$0] }.sorted()
      if inputs.count < 2 { inputs.append(nil) }
      if !mean.keepsDimensions {
        let kept = order.indices.filter { !reduced.contains($0) }.map { order[$0] }
        let rest = kept.sorted()
        self.order = kept.map { axis in rest.firstIndex(of: axis) ?? 0 }
      }
    default: break
    }
  }

  /// The axes that an optional operand lists; nil where it is there but not known.
  private func listed(_ node: Node, _ index: Int, in context: RewriteContext) -> (values: [Int]?, Void)? {
    guard context.has(node, index) else { return (nil, ()) }
    return context.integers(node, index).map { ($0, ()) }
  }
}
