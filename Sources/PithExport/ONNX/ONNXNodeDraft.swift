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

  /// Whether ONNX has an operand as int64 only; elsewhere shapes, axes and indices may be int32 as well.
  static func wantsInt64(_ opType: String, operand: Int) -> Bool {
    switch opType {
    case "Expand", "GatherND", "MaxUnpool", "Reshape", "ReverseSequence", "ScatterND", "Split", "Squeeze",
      "Tile", "TopK", "Trilu", "Unsqueeze":
      operand == 1 || (opType == "MaxUnpool" && operand == 2)
    case "Pad": operand == 1
    case "Resize": operand == 3
    default: opType.hasPrefix("Reduce") && operand == 1
    }
  }
}
