import PithGraph

extension Slice: Prunable {
  public func coupleChannels(_ node: Node, _ coupling: inout ChannelCoupling) throws {
    let (input, output) = (try coupling.graph.operand(node, 0), node.outputs[0])
    guard coupling.isTracked(input) else { return }
    guard let ranges = try ranges(node, coupling.graph) else {
      return coupling.pinAll(node, "where it cuts is computed")
    }
    for axis in 0..<(try coupling.rank(input)) {
      guard let range = ranges[axis] else {
        coupling.couple(input, axis, output, axis)
        continue
      }
      if range.step != 1, range.count != 1 {
        let obstacle = PruningObstacle(
          node: node.label, reason: "it takes channels in steps of \(range.step)")
        coupling.pin(input, axis, obstacle)
        coupling.pin(output, axis, obstacle)
        continue
      }
      for k in 0..<range.count {
        coupling.couple(input, axis, index: range.start + k, output, axis, index: k)
      }
    }
  }

  /// The ranges of the sliced axes; nil where they are not known.
  private func ranges(_ node: Node, _ graph: Graph) throws -> [Int: Range]? {
    func integers(_ index: Int) -> [Int]? {
      index < node.inputs.count ? node.inputs[index].flatMap { graph.knownIntegers($0) } : nil
    }
    let input = try graph.operand(node, 0)
    guard let starts = integers(1), let ends = integers(2), let shape = graph[input].type?.shape else {
      return nil
    }
    return try Slice.ranges(
      starts: starts, ends: ends, axes: integers(3), steps: integers(4), shape: shape.dimensions.map(\.size))
  }

  public func pruned(_ node: Node, _ surgery: inout PruningSurgery) throws -> Node {
    let input = try surgery.original.operand(node, 0)
    guard let shape = surgery.original[input].type?.shape,
      (0..<shape.rank).contains(where: { surgery.kept(input, axis: $0) != nil }),
      let ranges = try ranges(node, surgery.original),
      ranges.keys.contains(where: { surgery.kept(input, axis: $0) != nil })
    else { return node }
    var (starts, ends, steps): ([Int], [Int], [Int]) = ([], [], [])
    let axes = ranges.keys.sorted()
    for axis in axes {
      let range = ranges[axis] ?? Range(start: 0, count: 0, step: 1)
      if let kept = surgery.kept(input, axis: axis) {
        let first = kept.count { $0 < range.start }
        starts.append(first)
        ends.append(first + kept.count { $0 >= range.start && $0 < range.start + range.count })
        steps.append(1)
      } else {
        starts.append(range.start)
        let end = range.start + range.count * range.step
        ends.append(end < 0 ? Int(Int32.min) : end)
        steps.append(range.step)
      }
    }
    func constant(_ what: String, _ values: [Int]) -> ValueID {
      surgery.addConstant("\(node.label).\(what)", Tensor(ints: values))
    }
    var new = node
    new.inputs = [
      input, constant("starts", starts), constant("ends", ends), constant("axes", axes),
      constant("steps", steps),
    ]
    return new
  }
}
