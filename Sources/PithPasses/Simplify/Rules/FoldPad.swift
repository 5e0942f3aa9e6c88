import PithGraph

/// Makes what a Pad writes around a map the padding of what comes after it: zeros that of a Conv or AveragePool; -∞, or
/// zeros around a map without negative elements, that of a MaxPool.
public struct FoldPad: RewriteRule {
  public let name = "fold padding"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard let pad = context.producer(node, 0, as: Pad.self), pad.op.mode == .constant,
      isNeutral(pad.node, for: node.op, in: context),
      let padded = context.shape(node, 0), let x = pad.node.inputs[0],
      let amounts = try spatialPads(pad.node, rank: padded.rank, in: context),
      let op = fold(amounts, into: node, padded, in: context)
    else { return nil }
    return context.fuse([node], into: op, inputs: [x] + node.inputs.dropFirst(), name: node.name)
  }

  /// Whether what is padded with changes nothing of what the operator computes, apart from counting as pixels.
  private func isNeutral(_ pad: Node, for op: any Operator, in context: RewriteContext) -> Bool {
    if context.has(pad, 2), context.constant(pad, 2) == nil { return false }
    let value = context.constant(pad, 2)
    let isZero = value?.isFilled(with: 0) ?? true
    guard op is MaxPool else { return isZero }
    if value?.isFilled(with: -.infinity) == true { return true }
    return isZero && isNeverNegative(pad, 0, in: context)
  }

  private func isNeverNegative(_ node: Node, _ index: Int, in context: RewriteContext) -> Bool {
    guard let producer = context.producer(node, index) else { return false }
    switch producer.op {
    case is Sigmoid, is Softmax, is HardSigmoid: return true
    case is Relu, is Clip: return Clamp(producer, in: context).map { $0.low >= 0 } ?? false
    case let op as any ActivationFusible:
      return op.activation.flatMap { Clamp($0) }.map { $0.low >= 0 } ?? false
    default: return false
    }
  }

  /// The pads of the spatial axes, where no other axis is padded and none is cropped.
  private func spatialPads(
    _ node: Node, rank: Int, in context: RewriteContext
  ) throws -> (begin: [Int], end: [Int])? {
    guard rank >= 3, let pads = context.integers(node, 1) else { return nil }
    let axes = context.integers(node, 3)
    if context.has(node, 3), axes == nil { return nil }
    let (begin, end) = try Pad.amounts(pads: pads, axes: axes, rank: rank)
    guard (begin + end).allSatisfy({ $0 >= 0 && $0 < 1 << 19 }),
      (begin[..<2] + end[..<2]).allSatisfy({ $0 == 0 })
    else { return nil }
    return (Array(begin[2...]), Array(end[2...]))
  }

  private func fold(
    _ amounts: (begin: [Int], end: [Int]), into node: Node, _ padded: Shape, in context: RewriteContext
  ) -> (any Operator)? {
    switch node.op {
    case var conv as Conv:
      guard let weights = context.shape(node, 1)?.sizes,
        let padding = sum(amounts, conv.window(weights: weights), padded)
      else { return nil }
      conv.padding = padding
      return conv
    case var pool as AveragePool:
      // The Pad's zeros count; zeros of the pool's own must then count as well.
      guard case .explicit(let begin, let end) = pool.window.padding,
        pool.countsPadding || (begin + end).allSatisfy({ $0 == 0 }),
        let padding = poolPadding(amounts, pool.window, padded)
      else { return nil }
      pool.window.padding = padding
      pool.countsPadding = true
      return pool
    case var pool as MaxPool:
      guard pool.window.dilations.allSatisfy({ $0 == 1 }),
        let padding = poolPadding(amounts, pool.window, padded)
      else { return nil }
      pool.window.padding = padding
      return pool
    default: return nil
    }
  }

  /// The same for a pool. Where its last window hangs over (ceil mode), it depends on the padding how far; and a window
  /// that sees nothing but padding has no value, nor do other runtimes accept it.
  private func poolPadding(
    _ amounts: (begin: [Int], end: [Int]), _ window: Window, _ padded: Shape
  ) -> Padding? {
    guard !window.ceilMode, let padding = sum(amounts, window, padded),
      case .explicit(let begin, let end) = padding,
      zip(window.extent, zip(begin, end)).allSatisfy({ $1.0 < $0 && $1.1 < $0 })
    else { return nil }
    return padding
  }

  private func sum(_ amounts: (begin: [Int], end: [Int]), _ window: Window, _ padded: Shape) -> Padding? {
    let own: (begin: [Int], end: [Int])
    if case .explicit(let begin, let end) = window.padding {
      own = (begin, end)
    } else {
      let sizes = padded.dimensions.dropFirst(2).compactMap(\.size)
      guard sizes.count == padded.rank - 2 else { return nil }
      own = window.pads(for: sizes)
    }
    guard own.begin.count == amounts.begin.count, own.end.count == amounts.end.count else { return nil }
    return .explicit(begin: zip(own.begin, amounts.begin).map(+), end: zip(own.end, amounts.end).map(+))
  }
}
