import PithGraph

/// What Python's brackets do: ranges with steps, single indices, new axes and an ellipsis.
enum TFStridedSlice: TFReader {
  static let operators = ["StridedSlice"]

  static func read(_ node: TFNode, into builder: TFGraphBuilder) throws -> [TFGraphBuilder.Known] {
    guard let starts = try builder.integers(node, 1), let ends = try builder.integers(node, 2) else {
      throw GraphError(
        "where the slice begins and ends must be known when the model is read; export with fixed shapes")
    }
    let steps = try builder.numbers(node, 3, "the steps of the slice")
    let count = steps.count
    guard starts.elements.count == count, ends.elements.count == count, count <= ImportLimits.rank else {
      throw GraphError("begin, end and strides differ in length")
    }
    func mask(_ name: String) throws -> (Int) -> Bool {
      let bits = try node.int(name, default: 0)
      return { bits >> $0 & 1 == 1 }
    }
    let (opensStart, opensEnd) = (try mask("begin_mask"), try mask("end_mask"))
    let (isEllipsis, isNew, isIndex) = (
      try mask("ellipsis_mask"), try mask("new_axis_mask"), try mask("shrink_axis_mask")
    )
    let shape: Shape
    if case .integers(let integers) = try builder.known(node, 0) {
      shape = Shape(integers.shape)
    } else {
      shape = try builder.shape(node, 0)
    }
    let named = (0..<count).filter { !isNew($0) && !isEllipsis($0) }.count
    guard named <= shape.rank, (0..<count).filter(isEllipsis).count <= 1 else {
      throw GraphError("\(named) indices do not fit shape \(shape)")
    }
    var slicing = TFSlicing()
    var axis = 0
    for index in 0..<count {
      if isEllipsis(index) {
        for _ in 0..<(shape.rank - named) {
          slicing.axes.append(axis)
          axis += 1
        }
        continue
      }
      if isNew(index) {
        slicing.axes.append(nil)
        continue
      }
      defer { axis += 1 }
      let (start, end) = (starts.elements[index], ends.elements[index])
      if isIndex(index) {
        guard let at = start.size else { throw GraphError("an index must be known when the model is read") }
        slicing.ranges[axis] = TFSlicing.Range(start: at, end: at == -1 ? .max : at + 1)
        slicing.hasIndices = true
        continue
      }
      slicing.axes.append(axis)
      let step = steps[index]
      guard step != 0 else { throw GraphError("a step of 0 never ends") }
      guard let first = opensStart(index) ? (step > 0 ? 0 : .max) : start.size else {
        throw GraphError(
          "where a slice begins must be known when the model is read; export with fixed shapes")
      }
      let isOpen = opensEnd(index) || (end.size == nil && end == shape[axis])
      guard let last = isOpen ? (step > 0 ? Int.max : .min) : end.size else {
        throw GraphError("where a slice ends must be known when the model is read; export with fixed shapes")
      }
      if first == 0, last == .max, step == 1 { continue }
      slicing.ranges[axis] = TFSlicing.Range(start: first, end: last, step: step)
    }
    while axis < shape.rank {
      slicing.axes.append(axis)
      axis += 1
    }
    slicing.isComplete = true
    return [try slicing.apply(node, builder)]
  }
}
