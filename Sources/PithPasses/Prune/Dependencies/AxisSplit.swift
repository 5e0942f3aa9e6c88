import PithGraph

/// A reshape that merges axes into one or splits one into several: the merged axis's channels can be those of one of
/// the parts.
struct AxisSplit {
  var node: String
  var merged: ValueAxis
  /// Outermost first.
  var parts: [ValueAxis]
  /// Whether the node's input is the merged axis.
  var isSplit: Bool
}

extension ChannelCoupling {
  /// Decides for each reshape which of the parts carries the channels, and couples them: channel `i` of a part stands
  /// for all elements of the merged axis that have it as their index.
  ///
  /// It can be one part only, since what is left has to be a full grid. Parts that are held anyway (a map's height and
  /// width in front of a dense layer) are no choice; so those that have one choice go first, and what they couple may
  /// settle others. Where a choice is left, a split's innermost part carries (the position within a group, as grouped
  /// convolutions couple it), and a merge's outermost.
  mutating func resolveSplits() {
    var waiting = splits
    splits = []
    while !waiting.isEmpty {
      let options = waiting.map { carriers($0) }
      let next = options.firstIndex { $0.count <= 1 } ?? 0
      let split = waiting.remove(at: next)
      let carrier = split.isSplit ? options[next].last : options[next].first
      resolve(split, carrier: carrier)
    }
  }

  /// The parts that have an index which nothing holds.
  private mutating func carriers(_ split: AxisSplit) -> [Int] {
    var result: [Int] = []
    for (index, part) in split.parts.enumerated() {
      guard let number = number(part), sizes[number] > 1 else { continue }
      let base = bases[number]
      for slot in base..<base + sizes[number] where !isPinned(slot) {
        result.append(index)
        break
      }
    }
    return result
  }

  private mutating func resolve(_ split: AxisSplit, carrier: Int?) {
    let partSizes = split.parts.map { size($0.value, $0.axis) ?? 0 }
    let obstacle = PruningObstacle(
      node: split.node, reason: "of the axes \(partSizes) that it joins or splits only one can shrink"
    )
    for (index, part) in split.parts.enumerated() where index != carrier {
      if partSizes[index] > 1 { pin(part.value, part.axis, obstacle) }
    }
    guard let carrier else { return pin(split.merged.value, split.merged.axis, obstacle) }
    let part = split.parts[carrier]
    let inner = partSizes[(carrier + 1)...].reduce(1, *)
    for index in 0..<partSizes.reduce(1, *) {
      couple(
        split.merged.value, split.merged.axis, index: index, part.value, part.axis,
        index: index / inner % partSizes[carrier])
    }
  }

  /// Couples the axes of a value with those of the same elements under another shape.
  mutating func coupleReshape(_ node: Node, _ input: ValueID, _ output: ValueID) {
    guard let from = graph[input].type?.shape.dimensions, let to = graph[output].type?.shape.dimensions,
      isTracked(input), isTracked(output)
    else { return }
    guard let segments = ReshapeSegment.segments(from, to) else {
      return pinAll(node, "it reshapes \(Shape(from)) to \(Shape(to)), whose axes do not correspond")
    }
    let obstacle = PruningObstacle(
      node: node.label, reason: "it reshapes \(Shape(from)) to \(Shape(to)), which mixes axes")
    for segment in segments {
      let inputs = segment.input.filter { from[$0] != 1 }.map { ValueAxis(input, $0) }
      let outputs = segment.output.filter { to[$0] != 1 }.map { ValueAxis(output, $0) }
      switch (inputs.count, outputs.count) {
      case (1, 1): couple(input, inputs[0].axis, output, outputs[0].axis)
      case (1, 2...):
        splits.append(AxisSplit(node: node.label, merged: inputs[0], parts: outputs, isSplit: true))
      case (2..., 1):
        splits.append(AxisSplit(node: node.label, merged: outputs[0], parts: inputs, isSplit: false))
      default: for axis in inputs + outputs { pin(axis.value, axis.axis, obstacle) }
      }
    }
  }
}

/// Axes of a shape and of another that hold the same elements in the same order.
struct ReshapeSegment: Hashable {
  var input: Range<Int>
  var output: Range<Int>

  /// The finest such segments from the outermost on; nil where names do not let it be told.
  static func segments(_ from: [Dimension], _ to: [Dimension]) -> [ReshapeSegment]? {
    var result: [ReshapeSegment] = []
    var (i, j) = (0, 0)
    while i < from.count || j < to.count {
      let (startI, startJ) = (i, j)
      if i < from.count, j < to.count, from[i] == to[j] {
        (i, j) = (i + 1, j + 1)
      } else {
        var (a, b) = (1, 1)
        repeat {
          // The side that is behind takes an axis.
          if i < from.count, a <= b || j >= to.count {
            guard let next = product(a, from[i]) else { return nil }
            (a, i) = (next, i + 1)
          } else if j < to.count {
            guard let next = product(b, to[j]) else { return nil }
            (b, j) = (next, j + 1)
          } else {
            return nil
          }
        } while a != b
      }
      result.append(ReshapeSegment(input: startI..<i, output: startJ..<j))
    }
    return result
  }

  private static func product(_ value: Int, _ dimension: Dimension) -> Int? {
    guard let size = dimension.size, size > 0 else { return nil }
    let (product, overflow) = value.multipliedReportingOverflow(by: size)
    return overflow ? nil : product
  }
}
