/// A loss, as users name it.
public enum LossKind: String, Codable, CaseIterable, Sendable {
  /// What fits the network's end and the data: see `Loss.resolve`.
  case automatic = "auto"
  case crossEntropy = "cross-entropy"
  /// On probabilities, as a final sigmoid gives them.
  case binaryCrossEntropy = "binary-cross-entropy"
  /// On numbers that a sigmoid would turn into probabilities.
  case binaryCrossEntropyWithLogits = "binary-cross-entropy-with-logits"
  case meanSquaredError = "mse"

  /// Reads the names above and those that are usual elsewhere; nil for anything else.
  public init?(name: String) {
    switch name.lowercased() {
    case "auto", "automatic": self = .automatic
    case "cross-entropy", "crossentropy", "ce", "categorical-crossentropy", "sparse-categorical-crossentropy":
      self = .crossEntropy
    case "binary-cross-entropy", "binary-crossentropy", "bce": self = .binaryCrossEntropy
    case "binary-cross-entropy-with-logits", "bce-with-logits", "bce-logits":
      self = .binaryCrossEntropyWithLogits
    case "mse", "mean-squared-error", "l2": self = .meanSquaredError
    default: return nil
    }
  }
}
