import PithGraph

/// Which indices of which axes stand for the same channel, while it is being found out: a union-find over every index
/// of every axis of every value.
///
/// Values of integers are not tracked: they are shapes and indices, which operators bring up to date themselves.
public struct ChannelCoupling {
  /// The graph, its types inferred for a batch of one.
  public let graph: Graph
  /// Which node reads each value, one entry per operand.
  public let consumers: [ValueID: [Node]]

  /// The tracked axes, in the order in which nodes meet them.
  private(set) var axes: [ValueAxis] = []
  /// The first slot of each of them.
  private(set) var bases: [Int] = []
  private(set) var sizes: [Int] = []
  /// Per value, the first of its axes; −1 where the value is not tracked.
  private var firstAxis: [Int]
  private var parents: [Int32] = []
  private var counts: [Int32] = []
  /// Per root, the number of the first obstacle that holds it; `.max` where none does.
  private var pins: [Int32] = []
  private(set) var obstacles: [PruningObstacle] = []
  private var obstacleNumbers: [PruningObstacle: Int32] = [:]
  private(set) var marks: [Mark] = []
  var splits: [AxisSplit] = []

  /// What a node takes an axis of a constant for.
  struct Mark {
    var axis: ValueAxis
    var role: WeightRole
    var node: Node
  }

  /// Longer axes are held as they are.
  private static let longestAxis = 1 << 22
  private static let mostSlots = 1 << 26

  /// - Parameter graph: with types inferred for a batch of one.
  /// - Throws: `GraphError` where the graph is too large.
  init(_ graph: Graph) throws {
    self.graph = graph
    consumers = graph.consumers()
    firstAxis = Array(repeating: -1, count: graph.values.count)
    for id in graph.inputs { try track(id) }
    for node in graph.nodes {
      for case let id? in node.inputs + node.outputs { try track(id) }
    }
  }

  private mutating func track(_ id: ValueID) throws {
    guard firstAxis[id.index] < 0, let type = graph[id].type, type.element.carriesChannels else { return }
    firstAxis[id.index] = axes.count
    for (axis, dimension) in type.shape.dimensions.enumerated() {
      let size = dimension.size.flatMap { $0 <= Self.longestAxis ? $0 : nil } ?? -1
      axes.append(ValueAxis(id, axis))
      bases.append(parents.count)
      sizes.append(size)
      guard size > 0 else { continue }
      guard parents.count + size <= Self.mostSlots else {
        throw GraphError(
          "the graph is too large to be pruned: its axes have more than \(Self.mostSlots) indices")
      }
      for _ in 0..<size { parents.append(Int32(parents.count)) }
      counts.append(contentsOf: repeatElement(1, count: size))
      pins.append(contentsOf: repeatElement(.max, count: size))
    }
  }

  // MARK: Looking

  /// The number of a tracked axis.
  func number(_ axis: ValueAxis) -> Int? {
    let first = firstAxis[axis.value.index]
    return first < 0 ? nil : first + axis.axis
  }

  /// How many indices an axis has, where that is known.
  public func size(_ value: ValueID, _ axis: Int) -> Int? { graph[value].type?.shape.dimensions[axis].size }

  /// The number of axes.
  /// - Throws: where the value has no type.
  public func rank(_ value: ValueID) throws -> Int {
    guard let type = graph[value].type else {
      throw GraphError("the type of '\(graph[value].name)' is not known")
    }
    return type.shape.rank
  }

  public func isTracked(_ value: ValueID) -> Bool { firstAxis[value.index] >= 0 }

  mutating func root(_ slot: Int) -> Int {
    var slot = slot
    while Int(parents[slot]) != slot {
      parents[slot] = parents[Int(parents[slot])]
      slot = Int(parents[slot])
    }
    return slot
  }

  /// What holds a slot.
  mutating func obstacle(_ slot: Int) -> PruningObstacle? {
    let pin = pins[root(slot)]
    return pin == .max ? nil : obstacles[Int(pin)]
  }

  mutating func isPinned(_ slot: Int) -> Bool { pins[root(slot)] != .max }

  // MARK: Coupling

  /// Couples index `i` of one axis with index `i` of another, for all of them.
  public mutating func couple(_ a: ValueID, _ axisA: Int, _ b: ValueID, _ axisB: Int) {
    guard let x = number(ValueAxis(a, axisA)), let y = number(ValueAxis(b, axisB)) else { return }
    guard sizes[x] >= 0, sizes[x] == sizes[y] else {
      let obstacle = PruningObstacle(node: nil, reason: "it meets an axis whose size is not known")
      for axis in [x, y] where sizes[axis] > 0 { pinAll(axis, obstacle) }
      return
    }
    for index in 0..<sizes[x] { unite(bases[x] + index, bases[y] + index) }
  }

  /// Couples one index of one axis with one index of another.
  public mutating func couple(
    _ a: ValueID, _ axisA: Int, index i: Int, _ b: ValueID, _ axisB: Int, index j: Int
  ) {
    guard let x = number(ValueAxis(a, axisA)), let y = number(ValueAxis(b, axisB)),
      i >= 0, i < sizes[x], j >= 0, j < sizes[y]
    else { return }
    unite(bases[x] + i, bases[y] + j)
  }

  private mutating func unite(_ a: Int, _ b: Int) {
    var (a, b) = (root(a), root(b))
    if a == b { return }
    if counts[a] < counts[b] { swap(&a, &b) }
    parents[b] = Int32(a)
    counts[a] += counts[b]
    pins[a] = Swift.min(pins[a], pins[b])
  }

  // MARK: Pinning

  /// Holds every index of an axis.
  public mutating func pin(_ value: ValueID, _ axis: Int, _ obstacle: PruningObstacle) {
    guard let number = number(ValueAxis(value, axis)), sizes[number] > 0 else { return }
    pinAll(number, obstacle)
  }

  /// Holds one index of an axis.
  public mutating func pin(_ value: ValueID, _ axis: Int, index: Int, _ obstacle: PruningObstacle) {
    guard let number = number(ValueAxis(value, axis)), index >= 0, index < sizes[number] else { return }
    pin(bases[number] + index, numbered(obstacle))
  }

  /// Holds every index of every axis.
  public mutating func pin(_ value: ValueID, _ obstacle: PruningObstacle) {
    guard isTracked(value) else { return }
    for axis in 0..<(graph[value].type?.shape.rank ?? 0) { pin(value, axis, obstacle) }
  }

  private mutating func pinAll(_ number: Int, _ obstacle: PruningObstacle) {
    let pinNumber = numbered(obstacle)
    for index in 0..<sizes[number] { pin(bases[number] + index, pinNumber) }
  }

  private mutating func pin(_ slot: Int, _ obstacle: Int32) {
    let root = root(slot)
    pins[root] = Swift.min(pins[root], obstacle)
  }

  private mutating func numbered(_ obstacle: PruningObstacle) -> Int32 {
    if let known = obstacleNumbers[obstacle] { return known }
    let number = Int32(obstacles.count)
    obstacles.append(obstacle)
    obstacleNumbers[obstacle] = number
    return number
  }

  // MARK: Roles

  /// Says what the indices along an axis are to the channels that they are coupled with. Values that are computed have
  /// no part in it.
  public mutating func mark(_ value: ValueID, _ axis: Int, _ role: WeightRole, of node: Node) {
    guard isTracked(value), graph[value].constant != nil else { return }
    marks.append(Mark(axis: ValueAxis(value, axis), role: role, node: node))
  }
}

extension ElementType {
  /// Integers are shapes and indices.
  var carriesChannels: Bool { isFloatingPoint || self == .bool }
}
