import PithGraph

/// A tensor cut along an axis: into parts of a size, of listed sizes, or so many parts.
enum AtenSplit: AtenReader {
  static let targets = [
    "split.Tensor", "split.sizes", "split.default", "split_with_sizes.default",
    "split_with_sizes_copy.default",
    "split_copy.Tensor", "chunk.default", "unsafe_split.Tensor", "unsafe_split_with_sizes.default",
    "unsafe_chunk.default",
  ]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let axis = try call.axis("dim", of: x, default: 0)
    let count = call.outputNames.count
    for name in ["split_size", "split_sizes", "chunks"] { call.ignore(name) }
    guard count > 0, count <= 4096 else { throw GraphError("it has \(count) parts, which is too many") }
    // The program notes the shape of each part.
    let sizes = try call.outputNames.map { name -> Int in
      let shape = try call.builder.recordedSizes(name)
      guard axis < shape.count, let size = shape[axis].size else {
        throw GraphError("an axis of unknown size is cut; export the model with fixed sizes")
      }
      return size
    }
    if count == 1 { return try call.result(x) }
    let parts = try call.add(
      Split(axis: axis, partCount: count), [x, call.constant(sizes, "sizes")], "parts", count: count)
    for (index, part) in parts.enumerated() { try call.result(part, at: index) }
  }
}

/// The slices along an axis, which they lose.
enum AtenUnbind: AtenReader {
  static let targets = ["unbind.int", "unbind_copy.int"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let axis = try call.axis("dim", of: x, default: 0)
    let count = call.outputNames.count
    guard count > 0, count <= 4096, try call.rank(x) > 0 else {
      throw GraphError("it has \(count) slices, which is not supported")
    }
    let list = call.constant([axis], "axis")
    let parts =
      count == 1
      ? [x]
      : try call.add(
        Split(axis: axis, partCount: count), [x, call.constant(Array(repeating: 1, count: count), "sizes")],
        "parts",
        count: count)
    for (index, part) in parts.enumerated() where call.isUsed(index) {
      try call.result(try call.add(Squeeze(), [part, list], "slice\(index)"), at: index)
    }
  }
}
