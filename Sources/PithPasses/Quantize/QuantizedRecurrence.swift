import PithGraph

/// The integer weights of one direction of a recurrent layer.
public struct QuantizedRecurrence: Sendable, Hashable {
  /// W `[G·H, I]`, one scale for each row.
  public var inputWeights: QuantizedWeights
  /// R `[G·H, H]`, likewise.
  public var stateWeights: QuantizedWeights
  /// In units of input scale · weight scale, one for each row.
  public var inputBiases: [Int32]
  /// In units of state scale · weight scale, one for each row; zero but for the candidate of a GRU whose reset gate
  /// multiplies it.
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
      let inputBiases = (0..<rows).map { bias(0, $0) + ($0 < first ? bias(1, $0) : 0) }
      let stateBiases = (0..<rows).map { $0 < first ? 0 : bias(1, $0) }
      let inputWeights = try Quantizer.fitting(
        weights.slice(cell), axis: 0, biases: inputBiases, inputScale: x.scale)
      let stateWeights = try Quantizer.fitting(
        recurrent.slice(cell), axis: 0, biases: stateBiases, inputScale: state.scale)
      return QuantizedRecurrence(
        inputWeights: inputWeights, stateWeights: stateWeights,
        inputBiases: Quantizer.integerBiases(inputBiases, inputWeights, inputScale: x.scale),
        stateBiases: Quantizer.integerBiases(stateBiases, stateWeights, inputScale: state.scale))
    }
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
