import PithGraph

/// Networks that were quantized elsewhere.
///
/// A map that is quantized and dequantized by the same constants is rounded, and constant bytes that are dequantized are
/// rounded weights. Both become a `FakeQuantize`, in which the file's scales and zero points travel to the runtime
/// (`QuantizedModel.init(keeping:)`), as those of TensorFlow Lite files do. The graph computes the same as before.
extension ONNXGraphBuilder {
  /// A quantized map: by what, and of which operands.
  struct QuantizedMap {
    var op: QuantizeLinear
    var operands: [ValueID?]
  }

  /// Scales and zero points that are constant, one or one for each index of an axis.
  fileprivate struct Parameters: Hashable {
    var scales: [Float]
    var zeroPoints: [Int]
    /// Without meaning where there is one scale.
    var axis: Int

    /// What a rounding to these levels is; nil where it is none that a program can have.
    func rounding(to levels: ClosedRange<Int>) -> FakeQuantize? {
      guard let zero = zeroPoints.first, zeroPoints.allSatisfy({ $0 == zero }), levels.contains(zero),
        scales.allSatisfy({ $0.isFinite && $0 >= .leastNormalMagnitude })
      else { return nil }
      return FakeQuantize(
        axis: scales.count == 1 ? nil : axis, levels: levels, zeroPoint: zero, units: scales)
    }
  }

  /// Adds the node's result, quantized, and remembers of what it was made.
  func emitQuantized(_ op: QuantizeLinear, _ node: ONNXNode, inputs: [ValueID?]) throws {
    try emit(op, node, inputs: inputs)
    guard let output = node.outputs.first, !output.isEmpty else { return }
    quantizedMaps[try value(output)] = QuantizedMap(op: op, operands: inputs)
  }

  /// The operands of a `FakeQuantize` that does what dequantizing does to these operands; nil where nothing does.
  func rounding(
    _ op: DequantizeLinear, _ operands: [ValueID?], _ node: ONNXNode, _ suffix: String
  ) throws -> (op: FakeQuantize, operands: [ValueID?])? {
    guard let x = operands.first ?? nil, let own = parameters(op.quantization, operands) else { return nil }
    let (source, rounding): (ValueID, FakeQuantize?)
    if let map = quantizedMaps[x] {
      guard parameters(map.op.quantization, map.operands) == own, let real = map.operands[0],
        graph[real].type?.element == .float32
      else { return nil }
      (source, rounding) = (real, own.rounding(to: map.op.levels))
    } else {
      guard quantizesMaps, let bytes = graph[x].constant, let levels = bytes.element.byteLevels,
        bytes.rank > 0, let candidate = own.rounding(to: levels), mayUnfold(x, bytes.count)
      else { return nil }
      let reals = try own.reals(bytes)
      (source, rounding) = (constant(node, "\(suffix)reals", reals), candidate)
    }
    guard let rounding, rounding.levels.count == 256 else { return nil }
    let steps = Array(repeating: Float(1), count: rounding.units.count)
    return (
      rounding, [source, constant(node, "\(suffix)steps", Tensor(shape: [steps.count], floats: steps))]
    )
  }

  /// A part of the node's own: the reals that bytes stand for.
  func dequantizedPart(
    _ op: DequantizeLinear, _ node: ONNXNode, _ suffix: String, inputs: [ValueID?]
  ) throws -> ValueID {
    guard let (rounding, operands) = try rounding(op, inputs, node, "\(suffix)_") else {
      return try emitPart(op, node, suffix, inputs: inputs)
    }
    return try emitPart(rounding, node, suffix, inputs: operands)
  }

  /// Nil where they are not constant, or have blocks.
  private func parameters(_ quantization: LinearQuantization, _ operands: [ValueID?]) -> Parameters? {
    guard quantization.blockSize == 0, operands.count > 1, let x = operands[0], let scale = operands[1],
      let scales = graph[scale].constant, scales.rank < 2, let units = scales.floats, !units.isEmpty,
      let rank = graph[x].type?.shape.rank
    else { return nil }
    var zeros = Array(repeating: 0, count: units.count)
    if operands.count > 2, let id = operands[2] {
      guard let given = graph[id].constant?.integers, given.count == units.count else { return nil }
      zeros = given
    }
    var axis = 0
    if units.count > 1 {
      guard let own = try? Operands.axis(quantization.axis, rank: rank) else { return nil }
      axis = own
    }
    return Parameters(scales: units, zeroPoints: zeros, axis: axis)
  }

  /// Whether constant bytes may become floats: once for each, as a file that repeats them must not grow.
  private func mayUnfold(_ id: ValueID, _ count: Int) -> Bool {
    unfolded.insert(id).inserted || mayFill(count)
  }
}

extension ONNXGraphBuilder.Parameters {
  /// The reals that bytes stand for.
  fileprivate func reals(_ bytes: Tensor) throws -> Tensor {
    guard let integers = bytes.integers else { throw GraphError("its weights are \(bytes.type)") }
    let index = try LinearQuantization(axis: axis).scaleIndex(
      shape: bytes.shape, scaleShape: [scales.count])
    let reals = integers.indices.map { element in
      let scale = index(element)
      return Float(integers[element] - zeroPoints[scale]) * scales[scale]
    }
    return Tensor(shape: bytes.shape, floats: reals)
  }
}

extension ElementType {
  /// The integers that a byte has; nil where it is none.
  fileprivate var byteLevels: ClosedRange<Int>? {
    switch self {
    case .uint8: 0...255
    case .int8: -128...127
    default: nil
    }
  }
}
