import PithGraph

extension TFLiteGraphBuilder {
  /// Whether the node computes on bytes.
  func isQuantized(_ node: TFLiteNode, _ index: Int = 0) -> Bool {
    tensor(node, index)?.isQuantizedByte ?? false
  }

  /// The weights of a layer, their axes reordered.
  ///
  /// Where the layer computes on bytes, a `FakeQuantize` beside them says how the file stores them; where it computes on
  /// floats (a "hybrid" layer), integers become the reals that they mean.
  func weights(_ node: TFLiteNode, _ index: Int, order: [Int], shape: [Int]? = nil, data: Int = 0) throws
    -> ValueID
  {
    let name = "\(node.name).weight"
    guard let tensor = try constant(node, index) else {
      let computed = try required(node, index)
      guard try type(computed).shape.rank == order.count else {
        throw GraphError(
          "its weights have shape \(try type(computed).shape), but \(order.count) axes are needed")
      }
      return order == Array(order.indices)
        ? computed : try part(Transpose(permutation: order), node, "weight", [computed])
    }
    guard tensor.rank == order.count, tensor.floats != nil else {
      throw GraphError("its weights are \(tensor.type), but floats of \(order.count) axes are needed")
    }
    let moved = tensor.permuted(order)
    let id = constant(name, shape.map { moved.reshaped($0) } ?? moved)
    let source = source(node, index)
    guard isQuantized(node, data), source.isQuantizedByte || source.element == .int4,
      let quantization = source.quantization
    else { return id }
    let axis = quantization.isPerTensor ? nil : order.firstIndex(of: quantization.axis)
    let unsigned = source.element == .uint8
    let levels = unsigned ? 0...255 : -128...127
    guard quantization.zeroPoints.allSatisfy({ $0 == quantization.zeroPoints[0] && levels.contains($0) })
    else {
      throw GraphError("its weights have a zero point for each channel, which is not supported")
    }
    let op = FakeQuantize(
      axis: axis, levels: levels, zeroPoint: quantization.zeroPoints[0], units: quantization.scales)
    let steps = constant(
      "\(name)_step",
      Tensor(shape: [op.units.count], floats: Array(repeating: 1, count: op.units.count)))
    return try add(op, [id, steps], name: "\(name)_rounded")
  }

  /// The bias of a layer as reals; nil where it has none.
  ///
  /// An integer bias counts in products of the input's and the weights' scales, whatever scale the file gives it.
  /// - Parameter weights: the operand whose scales these are.
  func bias(_ node: TFLiteNode, _ index: Int, weights: Int, data: Int = 0, channels: Int) throws -> ValueID? {
    guard index < node.inputs.count, node.inputs[index] >= 0 else { return nil }
    guard isQuantized(node, data), let x = tensor(node, data)?.quantization,
      let w = source(node, weights).quantization, tensor(node, index)?.element == .int32
    else { return try operand(node, index) }
    guard let integers = try integers(node, index), integers.count == channels,
      w.isPerTensor || w.scales.count == channels
    else { throw GraphError("its bias does not fit its \(channels) output channels") }
    let floats = integers.enumerated().map { channel, q in
      Float(Double(q) * Double(x.scales[0]) * Double(w.scales[w.isPerTensor ? 0 : channel]))
    }
    return constant(node, "bias", Tensor(shape: [channels], floats: floats))
  }

  /// A map with its channels first.
  func channelsFirst(_ id: ValueID, _ node: TFLiteNode, _ suffix: String = "planes") throws -> ValueID {
    let rank = try type(id).shape.rank
    guard rank >= 3 else {
      throw GraphError("a map of shape \(try type(id).shape) has too few axes")
    }
    return try part(
      Transpose(permutation: [0, rank - 1] + Array(1..<(rank - 1))), node, suffix, [id])
  }

  /// Emits an operator on planes between two transposes.
  func emitOnPlanes(
    _ op: any Operator, _ node: TFLiteNode, _ map: ValueID, _ others: [ValueID?] = [], activation: Int = 0,
    keeping source: Int? = nil
  ) throws {
    let planes = try channelsFirst(map, node)
    var result = try part(op, node, "result", [planes] + others)
    result = try activated(result, activation, node)
    let rank = try type(result).shape.rank
    try emit(
      Transpose(permutation: [0] + Array(2..<rank) + [1]), node, inputs: [result], keeping: source)
  }
}
