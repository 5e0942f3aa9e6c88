import PithGraph

/// How a layer's weights are ordered where the runtime packs them: a row for each output, along which the reduction
/// runs as the kernels read it, in words of 4.
struct ReductionOrder: Sendable, Hashable {
  /// Runs of outputs that are packed together; blocks of 16 begin with each.
  var outputs: [Range<Int>]
  /// Elements of the constant from one output to the next.
  var outputStride: Int
  /// The element, from an output's first, at each position of the reduction; −1 where the runtime pads. Its count is a
  /// multiple of 4.
  var offsets: [Int]

  /// - Parameters:
  ///   - graph: with types inferred for a batch of one.
  ///   - asStored: whether a dense layer's inputs are to be in the order of the file, which other runtimes read, and not
  ///     in that of the map that was flattened into them.
  /// - Returns: the order, or as the second the reason why the layer has none.
  static func make(
    _ node: Node, in graph: Graph, asStored: Bool = false
  ) -> (order: ReductionOrder?, reason: String) {
    guard let weights = graph.constant(node, 1), weights.floats != nil else {
      return (nil, "its weights are not a constant of float32")
    }
    switch node.op {
    case let conv as Conv: return convolution(conv, node, weights.shape, graph)
    case let gemm as Gemm:
      if gemm.transposesA { return (nil, "its first factor is transposed") }
      let (columns, inner) =
        gemm.transposesB ? (weights.shape[0], weights.shape[1]) : (weights.shape[1], weights.shape[0])
      return dense(node, columns, inner, transposed: gemm.transposesB, asStored ? nil : graph)
    case is MatMul:
      guard weights.rank == 2 else { return (nil, "its weights are a stack of \(weights.shape)") }
      return dense(node, weights.shape[1], weights.shape[0], transposed: false, asStored ? nil : graph)
    default: return (nil, "it is no layer")
    }
  }

  /// K = (ky · kernel_w + kx) · tap + channel, with taps of whole words.
  private static func convolution(
    _ op: Conv, _ node: Node, _ shape: [Int], _ graph: Graph
  ) -> (ReductionOrder?, String) {
    let (outputs, perGroup, taps) = (shape[0], shape[1], shape.dropFirst(2).reduce(1, *))
    if op.groups > 1, perGroup == 1 { return (nil, "a depthwise convolution reads one channel only") }
    if perGroup < 4 { return (nil, "its \(perGroup) input channels are fewer than a block's 4") }
    let input = node.inputs.first.flatMap { $0 }
    if op.groups == 1, perGroup % 4 != 0, let input, graph.inputs.contains(input) {
      return (nil, "as the first layer it reads a row of pixels at once")
    }
    let perOutput = outputs / Swift.max(1, op.groups)
    if op.groups > 1, perGroup % 4 != 0 || perOutput % 4 != 0 {
      return (nil, "its groups of \(perGroup) inputs and \(perOutput) outputs are not whole blocks")
    }
    let width = (perGroup + 3) / 4 * 4
    var offsets = [Int](repeating: -1, count: taps * width)
    for tap in 0..<taps {
      for channel in 0..<perGroup { offsets[tap * width + channel] = channel * taps + tap }
    }
    let ranges = (0..<Swift.max(1, op.groups)).map { $0 * perOutput..<($0 + 1) * perOutput }
    return (ReductionOrder(outputs: ranges, outputStride: perGroup * taps, offsets: offsets), "")
  }

  private static func dense(
    _ node: Node, _ columns: Int, _ inner: Int, transposed: Bool, _ graph: Graph?
  ) -> (ReductionOrder?, String) {
    if inner < 4 { return (nil, "its \(inner) inputs are fewer than a block's 4") }
    let positions = graph.flatMap { flattened(node, inner, $0) } ?? Array(0..<inner)
    let padded = positions + Array(repeating: -1, count: (4 - positions.count % 4) % 4)
    return (
      ReductionOrder(
        outputs: [0..<columns], outputStride: transposed ? inner : 1,
        offsets: padded.map { $0 < 0 ? -1 : transposed ? $0 : $0 * columns }), ""
    )
  }

  /// The order in which the elements of a flattened map lie in memory, channels innermost; nil where the input is no
  /// such map.
  private static func flattened(_ node: Node, _ inner: Int, _ graph: Graph) -> [Int]? {
    let producers = graph.producers()
    guard var value = node.inputs.first.flatMap({ $0 }) else { return nil }
    while let producer = producers[value], isView(producer.op),
      let input = producer.inputs.first.flatMap({ $0 })
    {
      value = input
    }
    guard let producer = producers[value] else { return nil }
    var order: [Int]?
    if let transpose = producer.op as? Transpose, let input = producer.inputs.first.flatMap({ $0 }) {
      order = try? transpose.order(rank: graph[input].type?.shape.rank ?? 0)
      value = input
    }
    guard let sizes = graph[value].type?.shape.sizes, sizes.count == 3 || sizes.count == 4, sizes[0] == 1,
      sizes.reduce(1, *) == inner
    else { return nil }
    let axes = order ?? Array(sizes.indices)
    let strides = Tensor.strides(of: axes.map { sizes[$0] })
    // Elements between neighbours along each axis of the map.
    let steps = sizes.indices.map { axis in strides[axes.firstIndex(of: axis) ?? 0] }
    let (channels, height) = (sizes[1], sizes.count == 4 ? sizes[2] : 1)
    let (width, heightStep) = (sizes[sizes.count - 1], sizes.count == 4 ? steps[2] : 0)
    let pixel = (channels + 3) / 4 * 4
    var result = [Int](repeating: -1, count: height * width * pixel)
    for y in 0..<height {
      for x in 0..<width {
        for channel in 0..<channels {
          result[(y * width + x) * pixel + channel] =
            y * heightStep + x * steps[sizes.count - 1] + channel * steps[1]
        }
      }
    }
    return result
  }

  /// Whether an operator's output has its input's elements in the same places.
  private static func isView(_ op: any Operator) -> Bool {
    op is Flatten || op is Reshape || op is Squeeze || op is Unsqueeze || op is Identity || op is Dropout
      || op is Relu || op is Clip || op is LeakyRelu || op is Sigmoid || op is Tanh || op is HardSigmoid
      || op is HardSwish
  }
}
