import PithGraph

/// An operator that does to axes in their old order what it did to the transposed ones.
struct Sunk {
  var op: any Operator
  /// Its operands; the data among them are still to be replaced.
  var inputs: [ValueID?]
  /// Operands that list axes anew.
  var constants: [Int: [Int]] = [:]
  /// The transpose that comes after it.
  var order: [Int]

  /// - Returns: nil where the operator cannot, or the operands that say which axes it means are not known.
  init?(_ node: Node, _ order: [Int], in context: RewriteContext) throws {
    let rank = order.count
    (op, inputs, self.order) = (node.op, node.inputs, order)
    switch node.op {
    case let concat as Concat: op = Concat(axis: order[try Operands.axis(concat.axis, rank: rank)])
    case let function as any AxisFunction:
      op = type(of: function).init(axis: order[try Operands.axis(function.axis, rank: rank)])
    case is Pad:
      guard let pads = context.integers(node, 1), let axes = listed(node, 3, in: context) else { return nil }
      let (begin, end) = try Pad.amounts(pads: pads, axes: axes.values, rank: rank)
      var moved = [Int](repeating: 0, count: 2 * rank)
      for axis in 0..<rank { (moved[order[axis]], moved[rank + order[axis]]) = (begin[axis], end[axis]) }
      constants[1] = moved
      inputs = Array(inputs.prefix(3))
    case is Slice:
      guard let starts = context.integers(node, 1), let axes = listed(node, 3, in: context) else {
        return nil
      }
      constants[3] = try (axes.values ?? Array(starts.indices)).map {
        order[try Operands.axis($0, rank: rank)]
      }
      while inputs.count < 4 { inputs.append(nil) }
    case let reduction as any Reduction:
      guard let axes = listed(node, 1, in: context) else { return nil }
      let reduced = try reduction.axes(axes.values, rank: rank)
      guard !reduced.isEmpty else { return nil }
      constants[1] = reduced.map { order[$0] }.sorted()
      if inputs.count < 2 { inputs.append(nil) }
      if !reduction.keepsDimensions {
        let kept = order.indices.filter { !reduced.contains($0) }.map { order[$0] }
        let rest = kept.sorted()
        self.order = kept.map { axis in rest.firstIndex(of: axis) ?? 0 }
      }
    default: break
    }
  }

  /// Which operands are tensors whose axes the operator goes by; nil where it cannot work on other orders.
  static func dataOperands(_ node: Node) -> Range<Int>? {
    switch node.op {
    case is any PointwiseFunction, is any Reduction, is Relu, is Clip, is LeakyRelu, is Sigmoid, is Tanh,
      is HardSigmoid, is HardSwish, is Cast, is Identity, is Dropout, is Pad, is Slice,
      is any AxisFunction:
      0..<1
    case let rounding as FakeQuantize: rounding.axis == nil ? 0..<1 : nil
    case is Add, is Sub, is Mul, is Div, is Pow, is PRelu, is Max, is Min, is Concat: 0..<node.inputs.count
    default: nil
    }
  }

  /// The axes that an optional operand lists; nil where it is there but not known.
  private func listed(_ node: Node, _ index: Int, in context: RewriteContext) -> (values: [Int]?, Void)? {
    guard context.has(node, index) else { return (nil, ()) }
    return context.integers(node, index).map { ($0, ()) }
  }
}
