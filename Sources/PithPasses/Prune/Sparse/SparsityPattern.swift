/// Which weights may become zero together.
public enum SparsityPattern: String, Sendable, Hashable, CaseIterable, Codable {
  /// Any. Han et al., "Learning both Weights and Connections for Efficient Neural Networks", 2015.
  case unstructured
  /// Two of every four neighbours along the reduction axis. Mishra et al., "Accelerating Sparse Deep Neural Networks",
  /// 2021.
  case twoOfFour = "2:4"
  /// Blocks of 16 outputs by 4 inputs, which is how the runtime's kernels take weights.
  case block
}

/// How much a weight matters.
public enum WeightImportance: String, Sendable, Hashable, CaseIterable, Codable {
  /// By its magnitude. Han et al., "Learning both Weights and Connections for Efficient Neural Networks", 2015.
  case magnitude
  /// By its magnitude times that of its inputs; see `InputMagnitudes`.
  case activation
}

/// Among which weights the smallest are found.
public enum SparsityScope: String, Sendable, Hashable, CaseIterable, Codable {
  /// Each layer loses the same share.
  case layer
  /// The smallest of all layers, relative to the mean magnitude of each.
  case global
}
