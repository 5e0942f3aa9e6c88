import PithGraph

/// A node as it will stand in the file.
struct ONNXNodeDraft {
  enum Attribute {
    case int(Int)
    case float(Float)
    case string(String)
    case ints([Int])
    case floats([Float])
    case strings([String])
    case tensor(Tensor)
  }

  var opType: String
  var name: String
  /// Names of the operands; absent optional ones are empty.
  var inputs: [String]
  var outputs: [String]
  var attributes: [(name: String, value: Attribute)] = []
}
