import PithGraph

/// A shape as TensorFlow writes it (`TensorShapeProto`): nil for an axis whose size is not known.
struct TFShape {
  var sizes: [Int?] = []
  var hasUnknownRank = false

  /// - Throws: `GraphError` where the bytes are no shape, or have more axes than any tensor.
  init(_ bytes: UnsafeRawBufferPointer) throws {
    var sizes: [Int?] = []
    var hasUnknownRank = false
    try WireReader.forEach(in: bytes) { field in
      switch (field.number, field.encoding) {
      case (2, .bytes):
        guard sizes.count < ImportLimits.rank else {
          throw GraphError("a shape has more than \(ImportLimits.rank) axes")
        }
        var size = 0
        try WireReader.forEach(in: field.payload) {
          if $0.number == 1, $0.encoding == .varint { size = $0.int }
        }
        guard size >= -1 else { throw GraphError("a shape has an axis of \(size); the file is damaged") }
        sizes.append(size < 0 ? nil : size)
      case (3, .varint): hasUnknownRank = field.flag
      default: break
      }
    }
    (self.sizes, self.hasUnknownRank) = (sizes, hasUnknownRank)
  }

  /// The sizes where all are known.
  /// - Throws: `GraphError` where one is not.
  func known() throws -> [Int] {
    let known = sizes.compactMap(\.self)
    guard !hasUnknownRank, known.count == sizes.count else {
      throw GraphError("its shape is not known; export the model with fixed shapes")
    }
    return known
  }
}
