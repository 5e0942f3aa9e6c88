/// A simple recurrent layer: h = f(W·x + R·h₋₁ + b). Operands and outputs as `Recurrent` lists them.
///
/// Elman, "Finding Structure in Time", 1990; ONNX, "RNN".
public struct RNN: Recurrent {
  public static let name = "RNN"
  public static let operandCount = 3...6
  public static let gateCount = 1
  public static let defaultActivations: [RecurrentActivation] = [.tanh]

  public var hiddenSize: Int
  public var direction: RecurrentDirection
  public var activations: [RecurrentActivation]
  public var clip: Float?

  public init(
    hiddenSize: Int, direction: RecurrentDirection = .forward, activations: [RecurrentActivation] = [],
    clip: Float? = nil
  ) {
    self.hiddenSize = hiddenSize
    self.direction = direction
    self.activations = activations
    self.clip = clip
  }

  public func inferTypes(_ operands: Operands) throws -> [ValueType] {
    let types = try inferRecurrence(operands)
    return [types.sequence, types.state]
  }
}
