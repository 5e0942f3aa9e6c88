import PithGraph

/// Images made larger or smaller.
enum TFResize: TFReader {
  static let operators = ["ResizeNearestNeighbor", "ResizeBilinear"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let x = try builder.tensor(node, 0)
    let shape = try builder.type(x).shape
    guard shape.rank == 4, let sizes = try builder.integers(node, 1)?.elements, sizes.count == 2 else {
      throw GraphError("images [N, H, W, C] and a size that is known when the model is read are needed")
    }
    let (aligns, isHalf) = (try node.flag("align_corners"), try node.flag("half_pixel_centers"))
    let isNearest = node.op == "ResizeNearestNeighbor"
    let scales = (0..<2).compactMap { sizes[$0].dividedEvenly(by: shape[1 + $0])?.size }
    var op: Resize
    if isNearest {
      op = Resize(
        mode: .nearest, coordinates: aligns ? .alignCorners : isHalf ? .tfHalfPixel : .asymmetric,
        nearest: aligns ? .roundPreferCeil : .floor)
      // Whole multiples repeat pixels, whichever way centers are counted.
      if !aligns, scales.count == 2 { op.coordinates = .asymmetric }
    } else {
      op = Resize(mode: .linear, coordinates: aligns ? .alignCorners : isHalf ? .halfPixel : .asymmetric)
    }
    let target: ValueID
    if scales.count == 2, !aligns {
      target = builder.constant(
        node, "scales", Tensor(shape: [4], floats: [1, 1] + scales.map { Float($0) }))
    } else {
      op.axes = [2, 3]
      target = try builder.materialize(TFIntegers(vector: sizes), name: "\(node.name).sizes")
    }
    let y = try builder.emit(op, node, [try builder.channelsFirst(x, name: node.name), target])
    return [.tensor(try builder.channelsLast(y, name: node.name))]
  }
}
