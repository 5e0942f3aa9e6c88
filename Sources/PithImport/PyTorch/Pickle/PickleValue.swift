/// What a pickle can hold here: plain data, and tensors.
///
/// Containers are numbers of places in the reader's list of containers, so that a file can nest or tie them as it likes
/// without a recursion anywhere.
enum PickleValue {
  case none
  case bool(Bool)
  case int(Int)
  /// An integer beyond 64 bits.
  case largeInt
  case float(Double)
  case string(String)
  case bytes
  case tuple(Int)
  case list(Int)
  case dictionary(Int)
  /// The name of a class or function that is known, as `module.name`.
  case global(String)
  /// A storage of a tensor: its key in the archive and the type of its elements.
  case storage(key: String, type: TorchScalarType)
  case tensor(TorchWeights.Entry)
}

/// The contents of a list, tuple, set or dictionary.
struct PickleContainer {
  /// Of a dictionary: keys and values in turn.
  var elements: [PickleValue] = []
}
