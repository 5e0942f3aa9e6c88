/// A gated recurrent unit. Operands and outputs as `Recurrent` lists them; the gates are z (update), r (reset) and h, in
/// this order.
///
/// z = f(Wz·x + Rz·h₋₁ + bz), r likewise, then the candidate
/// n = g(Wh·x + r ⊙ (Rh·h₋₁ + bRh) + bWh) where `linearBeforeReset` is set (as cuDNN, PyTorch and Keras 2 and 3 do), else
/// n = g(Wh·x + Rh·(r ⊙ h₋₁) + bRh + bWh); h = (1 − z) ⊙ n + z ⊙ h₋₁.
///
/// Cho et al., "Learning Phrase Representations using RNN Encoder–Decoder", 2014; ONNX, "GRU".
public struct GRU: Recurrent {
  public static let name = "GRU"
  public static let operandCount = 3...6
  public static let gateCount = 3
  public static let defaultActivations: [RecurrentActivation] = [.sigmoid, .tanh]

  public var hiddenSize: Int
  public var direction: RecurrentDirection
  public var activations: [RecurrentActivation]
  public var clip: Float?
  /// Whether the reset gate multiplies the state's product instead of the state.
  public var linearBeforeReset: Bool

  public init(
    hiddenSize: Int, direction: RecurrentDirection = .forward, activations: [RecurrentActivation] = [],
    clip: Float? = nil, linearBeforeReset: Bool = false
  ) {
    self.hiddenSize = hiddenSize
    self.direction = direction
    self.activations = activations
    self.clip = clip
    self.linearBeforeReset = linearBeforeReset
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let types = try inferRecurrence(operands)
    return [types.sequence, types.state]
  }
}
