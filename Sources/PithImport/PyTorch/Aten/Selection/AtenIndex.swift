import PithGraph

/// Slices picked by tensors of indices, along one axis or along neighbouring ones.
enum AtenIndex: AtenReader {
  static let targets = ["index.Tensor", "_unsafe_index.Tensor", "index_select.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    if call.name == "index_select" {
      let axis = try call.axis("dim", of: x)
      var index = try call.tensor("index")
      if try call.rank(index) == 0 { index = try call.reshaped(index, to: [1], "index") }
      return try call.result(Gather(axis: axis), [x, index])
    }
    let listed = try call.optionalTensors("indices")
    let axes = listed.indices.filter { listed[$0] != nil }
    let indices = try axes.compactMap { listed[$0] }.map { id -> ValueID in
      switch try call.builder.type(id).element {
      case .int64, .int32: return id
      case .bool:
        throw GraphError(
          "elements are picked by a mask, so that their number depends on the data; that is not supported")
      default: return try call.cast(id, to: .int64, "index")
      }
    }
    guard let first = axes.first, let last = axes.last, last < (try call.rank(x)) else {
      throw GraphError("it has no indices")
    }
    if axes.count == 1 { return try call.result(Gather(axis: first), [x, indices[0]]) }
    guard axes.count == last - first + 1 else {
      throw GraphError("indices of axes that are apart are not supported; permute the axes first")
    }
    // The indexed axes become one, and so do the indices.
    let sizes = try axes.map { try call.knownSize($0, of: x) }
    guard let count = Shape.elementCount(sizes), count > 0 else {
      throw GraphError("its axes are empty or too large")
    }
    let dimensions = try call.dimensions(x)
    let merged = dimensions[..<first] + [.fixed(count)] + dimensions[(last + 1)...]
    let flat = try call.reshaped(x, to: Array(merged), "merged")
    var place: ValueID?
    for (position, (index, size)) in zip(indices, sizes).enumerated() {
      func number(_ value: Int, _ suffix: String) -> ValueID {
        call.constant(Tensor(shape: [], ints: [value]), "\(suffix)\(position)")
      }
      // Negative ones count from the end.
      let wide = try call.cast(index, to: .int64, "index\(position)")
      let within = try call.add(Mod(), [wide, number(size, "size")], "within\(position)")
      guard let before = place else {
        place = within
        continue
      }
      let scaled = try call.add(Mul(), [before, number(size, "stride")], "scaled\(position)")
      place = try call.add(Add(), [scaled, within], "place\(position)")
    }
    try call.result(Gather(axis: first), [flat, place])
  }
}
