import PithGraph

/// STRIDED_SLICE: TensorFlow's slices with masks, as Python's `x[…, ::2, None, 3]` makes them.
enum TFLiteStridedSlice: TFLiteReader {
  static let opTypes = ["STRIDED_SLICE"]

  static func read(_ node: TFLiteNode, into builder: TFLiteGraphBuilder) throws {
    guard let options = try node.options(.stridedSlice), let begins = try builder.integers(node, 1),
      let ends = try builder.integers(node, 2), let steps = try builder.integers(node, 3),
      begins.count == ends.count, begins.count == steps.count, begins.count <= 32
    else { throw GraphError("begins, ends or strides are missing or do not fit each other") }
    let (begin, end, ellipsis) = (try options.int(0), try options.int(1), try options.int(2))
    let (added, removed, isOffset) = (try options.int(3), try options.int(4), try options.bool(5))
    let x = try builder.required(node, 0)
    let rank = try builder.type(x).shape.rank
    var spec = Spec()
    var axis = 0
    for index in begins.indices {
      func isSet(_ mask: Int) -> Bool { mask >> index & 1 == 1 }
      if isSet(ellipsis) {
        let later = begins.indices.filter { $0 > index && added >> $0 & 1 == 0 }.count
        spec.kept += Swift.max(0, rank - axis - later)
        axis = Swift.max(axis, rank - later)
      } else if isSet(added) {
        spec.added.append(spec.kept + spec.added.count)
      } else {
        let (start, step) = (isSet(begin) ? nil : begins[index], steps[index])
        var stop = isSet(end) ? nil : ends[index]
        if isOffset, let start, let distance = stop {
          let (sum, overflow) = start.addingReportingOverflow(distance)
          guard !overflow else { throw GraphError("its ends are out of range") }
          stop = sum
        }
        if isSet(removed) {
          let start = start ?? 0
          spec.cut(axis, from: start, to: start == -1 ? Int(Int32.max) : start + 1, step: 1)
          spec.removed.append(axis)
        } else {
          spec.cut(
            axis, from: start ?? (step > 0 ? 0 : Int(Int32.max)),
            to: stop ?? (step > 0 ? Int(Int32.max) : -Int(Int32.max)), step: step)
          spec.kept += 1
        }
        axis += 1
      }
    }
    guard axis <= rank else { throw GraphError("it slices \(axis) axes of a tensor of \(rank)") }
    try emit(spec, node, x, builder)
  }

  private struct Spec {
    var axes: [Int] = []
    var starts: [Int] = []
    var ends: [Int] = []
    var steps: [Int] = []
    /// Axes of the operand that the result lacks.
    var removed: [Int] = []
    /// Axes of the result that the operand lacks.
    var added: [Int] = []
    /// Axes of the operand so far that the result has.
    var kept = 0

    mutating func cut(_ axis: Int, from start: Int, to end: Int, step: Int) {
      // All of an axis need not be named.
      if start == 0, end == Int(Int32.max), step == 1 { return }
      axes.append(axis)
      starts.append(start)
      ends.append(end)
      steps.append(step)
    }
  }

  private static func emit(
    _ spec: Spec, _ node: TFLiteNode, _ x: ValueID, _ builder: TFLiteGraphBuilder
  ) throws {
    var result = x
    func list(_ suffix: String, _ numbers: [Int]) -> ValueID {
      builder.constant(node, suffix, Tensor(ints: numbers))
    }
    if !spec.axes.isEmpty {
      result = try builder.part(
        Slice(), node, "slice",
        [
          result, list("starts", spec.starts), list("ends", spec.ends), list("axes", spec.axes),
          list("steps", spec.steps),
        ])
    }
    if !spec.removed.isEmpty {
      result = try builder.part(Squeeze(), node, "squeezed", [result, list("removed", spec.removed)])
    }
    if !spec.added.isEmpty {
      result = try builder.part(Unsqueeze(), node, "unsqueezed", [result, list("added", spec.added)])
    }
    try builder.bind(node, to: result, keeping: 0)
  }
}
