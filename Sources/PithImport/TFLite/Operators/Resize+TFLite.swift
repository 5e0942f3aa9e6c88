import PithGraph

/// RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR of channels-last maps.
enum TFLiteResize: TFLiteReader {
  static let opTypes = ["RESIZE_BILINEAR", "RESIZE_NEAREST_NEIGHBOR"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    let isNearest = node.opType == "RESIZE_NEAREST_NEIGHBOR"
    let options = try node.options(isNearest ? .resizeNearestNeighbor : .resizeBilinear)
    let aligns = try options?.bool(isNearest ? 0 : 2) ?? false
    let isHalf = try options?.bool(isNearest ? 1 : 3) ?? false
    guard let sizes = try builder.integers(node, 1), sizes.count == 2 else {
      throw GraphError("the new height and width must be two constants")
    }
    // Where places are those of pixel centers or corners, the nearest pixel is found by rounding, half up.
    let op = Resize(
      mode: isNearest ? .nearest : .linear,
      coordinates: aligns ? .alignCorners : isHalf ? .halfPixel : .asymmetric,
      nearest: aligns || isHalf ? .roundPreferCeil : .floor, axes: [2, 3])
    try builder.emitOnPlanes(
      op, node, try builder.required(node, 0), [builder.constant(node, "sizes", Tensor(ints: sizes))],
      keeping: isNearest ? 0 : nil)
  }
}
