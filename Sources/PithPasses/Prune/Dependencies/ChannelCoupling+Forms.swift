import PithGraph

/// Forms of coupling that several operators share.
extension ChannelCoupling {
  /// Couples every axis of a node's first operand with the same axis of its first output.
  public mutating func coupleThrough(_ node: Node) throws {
    let (input, output) = (try graph.operand(node, 0), node.outputs[0])
    guard isTracked(input), isTracked(output) else {
      // A number that becomes an integer is out of sight.
      return pinAll(node, "channels cannot be followed through integers")
    }
    for axis in 0..<(try rank(input)) { couple(input, axis, output, axis) }
  }

  /// Couples the axes of an elementwise operation's operands with those of its output: aligned at the end, an axis of
  /// one repeats and is no channel.
  public mutating func coupleBroadcast(_ operands: [ValueID], _ output: ValueID) throws {
    let rank = try rank(output)
    for operand in operands where isTracked(operand) {
      let offset = rank - (try self.rank(operand))
      for axis in 0..<(try self.rank(operand)) {
        let (size, wide) = (size(operand, axis), size(output, axis + offset))
        if size == 1, wide != 1 { continue }
        couple(operand, axis, output, axis + offset)
      }
    }
  }

  /// Couples what a window over `[N, C, spatial…]` leaves as it is, and holds the spatial axes.
  public mutating func coupleMaps(_ node: Node, _ input: ValueID, _ output: ValueID, channels: Bool = true)
    throws
  {
    couple(input, 0, output, 0)
    if channels { couple(input, 1, output, 1) }
    let obstacle = PruningObstacle(node: node.label, reason: "a window slides along it")
    for axis in 2..<Swift.max(2, try rank(input)) {
      pin(input, axis, obstacle)
      pin(output, axis, obstacle)
    }
  }

  /// Holds everything that a node reads and writes.
  mutating func pinAll(_ node: Node, _ reason: String) {
    let obstacle = PruningObstacle(node: node.label, reason: reason)
    for case let id? in node.inputs + node.outputs { pin(id, obstacle) }
  }
}

extension ChannelCoupling {
  /// The elements of an integer operand, where they are known; nil where it is absent or computed from data.
  public func integers(_ node: Node, _ index: Int) -> [Int]? {
    guard index < node.inputs.count, let id = node.inputs[index] else { return nil }
    return graph.knownIntegers(id)
  }

  /// Whether an optional operand is there.
  public func has(_ node: Node, _ index: Int) -> Bool {
    index < node.inputs.count && node.inputs[index] != nil
  }
}

extension Graph {
  /// The elements of an integer value, where they are known.
  func knownIntegers(_ id: ValueID) -> [Int]? {
    if let constant = self[id].constant { return constant.integers }
    guard let contents = self[id].type?.contents else { return nil }
    let known = contents.compactMap(\.size)
    return known.count == contents.count ? known : nil
  }
}
