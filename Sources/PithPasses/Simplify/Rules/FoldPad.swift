import PithGraph

/// Makes the zeros that a Pad writes around a map the padding of the Conv or AveragePool after it, also where a transpose
/// between them brings the channels to the front.
public struct FoldPad: RewriteRule {
  public let name = "fold padding"
  public init() {}

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    let transpose = context.soleProducer(node, 0, as: Transpose.self)
    guard let pad = context.producer(transpose?.node ?? node, 0, as: Pad.self), pad.op.mode == .constant,
      !context.has(pad.node, 2) || context.constant(pad.node, 2)?.isFilled(with: 0) == true,
      let padded = context.shape(node, 0), let x = pad.node.inputs[0]
    else { return nil }
    let order = try transpose?.op.order(rank: padded.rank) ?? Array(0..<padded.rank)
    guard let amounts = try spatialPads(pad.node, order: order, in: context),
      let op = fold(amounts, into: node, padded, in: context)
    else { return nil }
    guard let transpose else {
      return context.fuse([node], into: op, inputs: [x] + node.inputs.dropFirst(), name: node.name)
    }
    var patch = Patch(context.graph)
    for removed in [transpose.node, node] { patch.remove(removed.id) }
    let moved = patch.addValue("\(node.label).transposed")
    patch.addNode(transpose.op, inputs: [x], outputs: [moved], name: transpose.node.name)
    patch.addNode(op, inputs: [moved] + node.inputs.dropFirst(), outputs: node.outputs, name: node.name)
    return patch
  }

  /// The pads of the spatial axes, where no other axis is padded and none is cropped.
  /// - Parameter order: which axis of the padded map each axis is.
  private func spatialPads(
    _ node: Node, order: [Int], in context: RewriteContext
  ) throws -> (begin: [Int], end: [Int])? {
    let rank = order.count
    guard rank >= 3, let pads = context.integers(node, 1) else { return nil }
    let axes = context.integers(node, 3)
    if context.has(node, 3), axes == nil { return nil }
    let amounts = try Pad.amounts(pads: pads, axes: axes, rank: rank)
    let (begin, end) = (order.map { amounts.begin[$0] }, order.map { amounts.end[$0] })
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
      // The Pad's zeros count; zeros of the pool's own must then count as well. Where the last window hangs over
      // (ceil mode), it depends on the padding how far.
      guard !pool.window.ceilMode, case .explicit(let begin, let end) = pool.window.padding,
        pool.countsPadding || (begin + end).allSatisfy({ $0 == 0 }),
        let padding = sum(amounts, pool.window, padded),
        case .explicit(let newBegin, let newEnd) = padding,
        // A window that sees nothing but padding is not what other runtimes accept.
        zip(pool.window.extent, zip(newBegin, newEnd)).allSatisfy({ $1.0 < $0 && $1.1 < $0 })
      else { return nil }
      pool.window.padding = padding
      pool.countsPadding = true
      return pool
    default: return nil
    }
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
