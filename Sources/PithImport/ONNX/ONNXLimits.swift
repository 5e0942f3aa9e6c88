/// Bounds that only ONNX files need.
enum ONNXLimits {
  /// Bytes of free text that are kept; entries that go beyond are left out.
  static let metadataBytes = 1 << 20
  /// Fields of one node.
  static let nodeFields = 1 << 14
  /// How deep functions may call others and control flow may contain more of it.
  static let nesting = 16
  /// Nodes that functions and branches may come to, all calls together.
  static let inlinedNodes = 1 << 17
}
