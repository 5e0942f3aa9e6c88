import PithGraph

/// Removes a node whose attributes or constants make it the identity: a reshape to the same shape, padding by
/// nothing, a transpose that moves nothing, a slice of everything, a concatenation of one, a split into one, adding 0, multiplying by
/// 1, a mean over nothing, a window of one pixel.
public struct RemoveNoOp: RewriteRule {
  public let name = "remove no-op"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard let x = try unchangedOperand(node, in: context) else { return nil }
    return context.bypass(node, with: x)
  }

  /// The operand that the node gives out as it is. `bypass` checks that types agree, so broadcasting is no concern here.
  private func unchangedOperand(_ node: Node, in context: RewriteContext) throws -> ValueID? {
    guard let x = node.inputs.first ?? nil, let type = context.graph[x].type else { return nil }
    let rank = type.shape.rank
    func isConstant(_ index: Int, _ value: Double) -> Bool {
      context.constant(node, index)?.isFilled(with: value) ?? false
    }
    switch node.op {
    case is Reshape, is Flatten, is Squeeze, is Unsqueeze: return x
    case let op as Transpose: return try op.order(rank: rank) == Array(0..<rank) ? x : nil
    case is Pad: return context.integers(node, 1)?.allSatisfy { $0 == 0 } == true ? x : nil
    case is Slice: return isWhole(node, type.shape, in: context) ? x : nil
    case is Concat: return node.inputs.count == 1 ? x : nil
    case let op as Split: return op.partCount == 1 ? x : nil
    case let op as Add where op.activation == nil:
      return isConstant(1, 0) ? x : isConstant(0, 0) ? node.inputs[1] : nil
    case is Sub: return isConstant(1, 0) ? x : nil
    case is Mul: return isConstant(1, 1) ? x : isConstant(0, 1) ? node.inputs[1] : nil
    case is Div: return isConstant(1, 1) ? x : nil
    case let op as ReduceMean:
      if context.has(node, 1), context.integers(node, 1) == nil { return nil }
      let axes = try op.axes(context.integers(node, 1), rank: rank)
      return axes.allSatisfy { type.shape[$0] == 1 } ? x : nil
    case let op as MaxPool: return isPixel(op.window) ? x : nil
    case let op as AveragePool: return isPixel(op.window) ? x : nil
    default: return nil
    }
  }

  /// An axis of size 1 reversed is itself; otherwise the steps must be 1 for equal sizes to mean everything.
  private func isWhole(_ node: Node, _ shape: Shape, in context: RewriteContext) -> Bool {
    guard context.outputType(node)?.shape == shape else { return false }
    guard context.has(node, 4) else { return true }
    return context.integers(node, 4)?.allSatisfy { $0 == 1 } ?? false
  }

  private func isPixel(_ window: Window) -> Bool {
    guard window.kernel.allSatisfy({ $0 == 1 }), window.strides.allSatisfy({ $0 == 1 }) else { return false }
    guard case .explicit(let begin, let end) = window.padding else { return true }
    return (begin + end).allSatisfy { $0 == 0 }
  }
}
