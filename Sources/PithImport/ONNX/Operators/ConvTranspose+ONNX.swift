import PithGraph

extension ConvTranspose: ONNXReadable {
  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    let weights = try builder.type(try builder.required(node, 1)).shape
    let rank = Swift.max(0, weights.rank - 2)
    if let kernel = try node.ints("kernel_shape"), let sizes = weights.sizes,
      kernel != Array(sizes.dropFirst(2))
    {
      throw GraphError("kernel_shape \(kernel) does not agree with weights of shape \(weights)")
    }
    let ones = Array(repeating: 1, count: rank)
    var op = ConvTranspose(
      strides: try node.ints("strides") ?? ones, dilations: try node.ints("dilations") ?? ones,
      padding: .none(rank), groups: try node.int("group") ?? 1,
      outputPadding: try node.ints("output_padding") ?? Array(repeating: 0, count: rank))
    let isLower = node.isSameLower
    op.padding = try node.padding(spatialRank: rank)
    if let wished = try node.ints("output_shape") {
      try op.setSizes(
        Array(wished.suffix(rank)), input: try builder.type(try builder.required(node, 0)).shape,
        weights: weights, moreAtBeginning: isLower)
    }
    try builder.emit(op, node)
  }

  /// Chooses pads, and where the input gives too little an output padding, so that the output has those sizes: ONNX's
  /// formula, with the odd pad at the end, or at the beginning.
  private mutating func setSizes(
    _ wished: [Int], input: Shape, weights: Shape, moreAtBeginning: Bool
  ) throws {
    guard let kernel = weights.sizes?.dropFirst(2),
      let sizes = Shape(Array(input.dimensions.dropFirst(2))).sizes
    else {
      throw GraphError("'output_shape' needs the input's size, which is '\(input)'; specialize the model")
    }
    let counts = [wished.count, sizes.count, strides.count, dilations.count, outputPadding.count]
    guard counts.allSatisfy({ $0 == kernel.count }),
      (wished + sizes + strides + dilations + outputPadding + kernel).allSatisfy({
        (0..<1 << 24).contains($0)
      })
    else { throw GraphError("'output_shape' \(wished) does not fit an input of shape \(input)") }
    var (begin, end) = ([Int](), [Int]())
    for (axis, kernel) in kernel.enumerated() {
      let natural =
        strides[axis] * (sizes[axis] - 1) + outputPadding[axis] + (kernel - 1) * dilations[axis] + 1
      let total = Swift.max(0, natural - wished[axis])
      outputPadding[axis] += Swift.max(0, wished[axis] - natural)
      begin.append(moreAtBeginning ? total - total / 2 : total / 2)
      end.append(total - begin[axis])
    }
    padding = .explicit(begin: begin, end: end)
  }
}
