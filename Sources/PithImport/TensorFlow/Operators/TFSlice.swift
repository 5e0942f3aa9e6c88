import PithGraph

/// A block of a tensor: where it begins along each axis, and its size or −1 for the rest.
enum TFSlice: TFReader {
  static let operators = ["Slice"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    let starts = try builder.numbers(node, 1, "where the slice begins")
    guard let sizes = try builder.integers(node, 2)?.elements, sizes.count == starts.count else {
      throw GraphError(
        "the size of the slice must be known when the model is read; export it with fixed shapes")
    }
    var slicing = TFSlicing()
    for (axis, start) in starts.enumerated() {
      let size = sizes[axis]
      let (end, overflow) = start.addingReportingOverflow(size.size ?? 0)
      guard start >= 0, !overflow else { throw GraphError("a slice from \(start) does not exist") }
      // What has the size of the axis is all of it.
      if start == 0, size.size == nil || size == -1 { continue }
      slicing.ranges[axis] = TFSlicing.Range(
        start: start, end: size == -1 ? .max : size.size == nil ? .max : end)
    }
    return [try slicing.apply(node, builder)]
  }
}
