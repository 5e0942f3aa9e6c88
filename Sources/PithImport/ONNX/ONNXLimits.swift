/// Bounds that only ONNX files need.
enum ONNXLimits {
  /// Bytes of free text that are kept; entries that go beyond are left out.
  static let metadataBytes = 1 << 20
  /// Fields of one node.
  static let nodeFields = 1 << 14
}
