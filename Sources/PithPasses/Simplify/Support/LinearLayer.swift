import PithGraph

/// A Conv or Gemm with constant weights and a constant bias or none: what a scale and a shift by channel fold into.
struct LinearLayer {
  enum Kind {
    case conv(Conv)
    case gemm(Gemm)
  }

  let node: Node
  var kind: Kind
  /// `[M, C / groups, kernel…]`, or `[N, K]`, or `[K, N]` where the Gemm does not transpose them.
  var weights: Tensor
  /// One number for each output channel, or none.
  var bias: [Double]?

  init?(_ node: Node, in context: RewriteContext) {
    guard node.outputs.count == 1, let weights = context.constant(node, 1), weights.element == .float32,
      weights.count > 0, let output = context.outputType(node)?.shape
    else { return nil }
    switch node.op {
    case let op as Conv: kind = .conv(op)
    // Other alphas and betas are gone once the Gemm is normalized.
    case let op as Gemm where op.alpha == 1 && op.beta == 1: kind = .gemm(op)
    default: return nil
    }
    if context.has(node, 2) {
      guard let constant = context.constant(node, 2) else { return nil }
      let shape = if case .conv = kind { Shape([.fixed(1), output[1]]) } else { output }
      guard let channels = constant.channels(of: shape) else { return nil }
      bias = channels
    }
    self.node = node
    self.weights = weights
  }

  var activation: Activation? {
    switch kind {
    case .conv(let op): op.activation
    case .gemm(let op): op.activation
    }
  }

  var outputChannels: Int {
    if case .gemm(let op) = kind, !op.transposesB { weights.shape[1] } else { weights.shape[0] }
  }

  /// Which output and input channel the weight at an offset connects.
  private func channels(at offset: Int) -> (output: Int, input: Int) {
    switch kind {
    case .conv(let op):
      let taps = weights.shape.dropFirst(2).reduce(1, *)
      let output = offset / (weights.shape[1] * taps)
      let group = output / (weights.shape[0] / op.groups)
      return (output, group * weights.shape[1] + offset / taps % weights.shape[1])
    case .gemm(let op):
      let (row, column) = (offset / weights.shape[1], offset % weights.shape[1])
      return op.transposesB ? (row, column) : (column, row)
    }
  }

  /// This layer and then the scale and shift of its output channels, with their activation.
  func followed(by affine: ChannelAffine) -> LinearLayer? {
    guard affine.scale.count == outputChannels, let floats = weights.floats else { return nil }
    let scaled = floats.indices.map { Double(floats[$0]) * affine.scale[channels(at: $0).output] }
    var sums = affine.shift
    if let bias { for channel in sums.indices { sums[channel] += bias[channel] * affine.scale[channel] } }
    return replacing(weights: scaled, bias: bias == nil && affine.isPureScale ? nil : sums)?
      .with(activation: affine.activation)
  }

  /// The scale and shift of this layer's input channels and then the layer.
  func preceded(by affine: ChannelAffine) -> LinearLayer? {
    guard let floats = weights.floats, affine.isPureScale || !pads else { return nil }
    if case .gemm(let op) = kind, op.transposesA { return nil }
    var scaled = [Double](repeating: 0, count: floats.count)
    var sums = bias ?? [Double](repeating: 0, count: outputChannels)
    for offset in floats.indices {
      let (output, input) = channels(at: offset)
      guard input < affine.scale.count else { return nil }
      scaled[offset] = Double(floats[offset]) * affine.scale[input]
      sums[output] += Double(floats[offset]) * affine.shift[input]
    }
    return replacing(weights: scaled, bias: bias == nil && affine.isPureScale ? nil : sums)
  }

  private var pads: Bool {
    guard case .conv(let op) = kind else { return false }
    guard case .explicit(let begin, let end) = op.padding else { return true }
    return !(begin + end).allSatisfy { $0 == 0 }
  }

  private func replacing(weights values: [Double], bias sums: [Double]?) -> LinearLayer? {
    guard let floats = finiteFloats(values) else { return nil }
    if let sums, finiteFloats(sums) == nil { return nil }
    var copy = self
    copy.weights = Tensor(shape: weights.shape, floats: floats)
    copy.bias = sums
    return copy
  }

  private func with(activation: Activation?) -> LinearLayer {
    var copy = self
    switch kind {
    case .conv(var op):
      op.activation = activation
      copy.kind = .conv(op)
    case .gemm(var op):
      op.activation = activation
      copy.kind = .gemm(op)
    }
    return copy
  }

  /// The layer in the place of the nodes, the first of which reads what it is to read and the last of which computes
  /// what it is to compute. It keeps its own name.
  func patch(replacing nodes: [Node], in context: RewriteContext) -> Patch {
    var patch = Patch(context.graph)
    for node in nodes { patch.remove(node.id) }
    let first = nodes[0]
    // An Add may have its constant first.
    let x = first.id == node.id ? first.inputs[0] : ChannelAffine(first, in: context)?.input
    var inputs = [x, patch.addConstant(context.name(node, 1, or: "weight"), weights)]
    if let bias {
      let tensor = Tensor(shape: [bias.count], floats: bias.map { Float($0) })
      inputs.append(patch.addConstant(context.name(node, 2, or: "bias"), tensor))
    }
    let op: any Operator =
      switch kind {
      case .conv(let op): op
      case .gemm(let op): op
      }
    patch.addNode(op, inputs: inputs, outputs: nodes[nodes.count - 1].outputs, name: node.name)
    return patch
  }
}
