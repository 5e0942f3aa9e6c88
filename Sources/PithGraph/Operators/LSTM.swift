/// A layer of long short-term memory. Operands as `Recurrent` lists them, then the initial cell state `[D, N, H]` and the
/// peepholes P `[D, 3·H]` (i, o, f), absent for zeros; outputs likewise, then the last cell state. The gates are i (input),
/// o (output), f (forget) and c (cell), in this order.
///
/// i = f(Wi·x + Ri·h₋₁ + Pi ⊙ c₋₁ + bi), f likewise, c = f ⊙ c₋₁ + i ⊙ g(Wc·x + Rc·h₋₁ + bc),
/// o = f(Wo·x + Ro·h₋₁ + Po ⊙ c + bo), h = o ⊙ h(c).
///
/// Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997; ONNX, "LSTM".
public struct LSTM: Recurrent {
  public static let name = "LSTM"
  public static let operandCount = 3...8
  public static let gateCount = 4
  public static let defaultActivations: [RecurrentActivation] = [.sigmoid, .tanh, .tanh]

  public var hiddenSize: Int
  public var direction: RecurrentDirection
  public var activations: [RecurrentActivation]
  public var clip: Float?
  /// Whether the forget gate is 1 − i instead of a gate of its own.
  public var couplesInputForget: Bool

  public init(
    hiddenSize: Int, direction: RecurrentDirection = .forward, activations: [RecurrentActivation] = [],
    clip: Float? = nil, couplesInputForget: Bool = false
  ) {
    self.hiddenSize = hiddenSize
    self.direction = direction
    self.activations = activations
    self.clip = clip
    self.couplesInputForget = couplesInputForget
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let types = try inferRecurrence(operands)
    try check(operands, 6, "initial cell state", types.state.shape.dimensions)
    try check(operands, 7, "peepholes", [.fixed(direction.count), .fixed(3 * hiddenSize)])
    return [types.sequence, types.state, types.state]
  }
}
