import PithGraph

/// The integer weights of one direction of a recurrent layer.
public struct QuantizedRecurrence: Sendable, Hashable {
  /// W `[G·H, I]`, one scale for each row.
  public var inputWeights: QuantizedWeights
  /// R `[G·H, H]`, likewise.
  public var stateWeights: QuantizedWeights
  /// In units of input scale · weight scale, one for each row; with what the state's zero point adds to its product, but for
  /// the candidate of a GRU whose reset gate multiplies that.
  public var inputBiases: [Int32]
  /// In units of state scale · weight scale, one for each row; zero but for that candidate.
  public var stateBiases: [Int32]
}

extension Quantizer {
  /// Quantizes W and R of each direction, with a scale for each row, and what of their biases belongs to which product.
  func quantizeRecurrence(
    of node: Node, _ op: any Recurrent, _ activations: [ValueID: QuantizationParameters]
  ) throws -> [QuantizedRecurrence] {
    guard let weights = shapes.constant(node, 1), let recurrent = shapes.constant(node, 2),
      let x = activations[try shapes.operand(node, 0)], let state = activations[node.outputs[0]]
    else { throw GraphError("its weights or its input's range are missing") }
    let biases = shapes.constant(node, 3)?.floats
    if let biases, !biases.allSatisfy(\.isFinite) {
      throw GraphError("its bias is not finite; train or export the model anew")
    }
    let rows = type(of: op).gateCount * op.hiddenSize
    return try (0..<op.direction.count).map { cell in
      func bias(_ part: Int, _ row: Int) -> Double {
        biases.map { Double($0[(2 * cell + part) * rows + row]) } ?? 0
      }
      // Both biases of a gate belong to one sum, unless something comes between its products.
      let first = (op as? GRU)?.linearBeforeReset == true ? 2 * op.hiddenSize : rows
      let stateBiases = (0..<rows).map { $0 < first ? 0 : bias(1, $0) }
      let stateWeights = try Quantizer.fittingHalves(
        recurrent.slice(cell), biases: stateBiases, inputScale: state.scale)
      // What the state's zero point adds to a product is part of the bias, too.
      let inputBiases = (0..<rows).map { row -> Double in
        guard row < first else { return bias(0, row) }
        let unit = Double(state.scale) * Double(stateWeights.scales[row])
        return bias(0, row) + bias(1, row) - Double(state.zeroPoint * stateWeights.sum(of: row)) * unit
      }
      let inputWeights = try Quantizer.fittingHalves(
        weights.slice(cell), biases: inputBiases, inputScale: x.scale)
      return QuantizedRecurrence(
        inputWeights: inputWeights, stateWeights: stateWeights,
        inputBiases: Quantizer.integerBiases(inputBiases, inputWeights, inputScale: x.scale),
        stateBiases: Quantizer.integerBiases(stateBiases, stateWeights, inputScale: state.scale))
    }
  }
}

extension Quantizer {
  /// Weights whose multipliers, input scale · weight scale, are upper halves of floats, as the runtime keeps them: scales
  /// grow by up to a 128th.
  fileprivate static func fittingHalves(
    _ weights: Tensor, biases: [Double], inputScale: Float
  ) throws -> QuantizedWeights {
    var quantized = try fitting(weights, axis: 0, biases: biases, inputScale: inputScale, onGrid: false)
    // A scale that grows for the sake of its sum leaves the grid, and then has to get back to it.
    for _ in 0..<4 {
      let scales = quantized.scales.map { scale -> Float in
        let product = Float(Double(inputScale) * Double(scale))
        let half = Float(bitPattern: (product.bitPattern + 0xFFFF) & 0xFFFF_0000)
        return Float(Double(half) / Double(inputScale))
      }
      quantized = try fitting(weights, axis: 0, scales: scales, biases: biases, inputScale: inputScale)
      if quantized.scales == scales { return quantized }
    }
    throw GraphError("its weights are too large beside its input's range for 32 bits; check the weights")
  }
}

extension QuantizedWeights {
  /// Σ w of an output channel, in units.
  fileprivate func sum(of channel: Int) -> Int {
    var sum = 0
    forEachElement(of: channel) { sum += Int(values[$0]) }
    return sum
  }
}

extension Tensor {
  /// One index of the first axis of a float32 tensor, without that axis.
  fileprivate func slice(_ index: Int) throws -> Tensor {
    guard let floats else { throw GraphError("its weights are \(element.rawValue), but must be float32") }
    let rest = Array(shape.dropFirst())
    let count = rest.reduce(1, *)
    return Tensor(shape: rest, floats: Array(floats[(index * count)..<((index + 1) * count)]))
  }
}
