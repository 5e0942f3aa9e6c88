import PithGraph

/// SLICE: begins and sizes for every axis; a size of −1 reaches to the end.
enum TFLiteSlice: TFLiteReader {
  static let opTypes = ["SLICE"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    guard let begins = try builder.integers(node, 1), let sizes = try builder.integers(node, 2) else {
      throw GraphError("begins or sizes are missing")
    }
    guard begins.count == sizes.count, (begins + sizes).allSatisfy({ $0.magnitude < 1 << 31 }) else {
      throw GraphError("begins \(begins) and sizes \(sizes) do not fit each other")
    }
    let ends = zip(begins, sizes).map { $1 == -1 ? Int(Int32.max) : $0 + $1 }
    try builder.emit(
      Slice(), node,
      inputs: [
        try builder.required(node, 0), builder.constant(node, "starts", Tensor(ints: begins)),
        builder.constant(node, "ends", Tensor(ints: ends)),
      ], keeping: 0)
  }
}
