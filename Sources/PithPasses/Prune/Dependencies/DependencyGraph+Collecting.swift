import PithGraph

extension DependencyGraph {
  /// Makes atoms of the coupled slots and groups of the atoms.
  mutating func collect(_ coupling: inout ChannelCoupling) {
    let classes = coupling.classes()
    // Atoms that run through the same axes are a group.
    var groupNumbers: [[Int]: Int] = [:]
    var members: [[ChannelCoupling.SlotClass]] = []
    for slotClass in classes where slotClass.obstacle == nil && slotClass.touchesWeights {
      let signature = slotClass.extents.map(\.axis)
      let number = groupNumbers[signature] ?? members.count
      if number == members.count {
        groupNumbers[signature] = number
        members.append([])
      }
      members[number].append(slotClass)
    }
    let producers = coupling.producers()
    var atomOfRoot: [Int: Int] = [:]
    for classes in members {
      let signature = classes[0].extents.map(\.axis)
      let layers = signature.compactMap { producers[$0] }.flatMap(\.self).uniqued()
      if classes.count == 1 {
        let producer = signature.first { producers[$0] != nil }
        let channels = classes[0].extents.first { $0.axis == producer }?.count ?? 1
        let reason = channels > 1 ? "its \(channels) channels have to go together" : "it is the only channel"
        unprunable.append(
          UnprunableGroup(
            layers: layers, channels: channels,
            obstacle: PruningObstacle(node: nil, reason: reason)))
        continue
      }
      let first = extents.count
      for slotClass in classes {
        atomOfRoot[slotClass.root] = extents.count
        extents.append(slotClass.extents)
      }
      let producer = signature.first { producers[$0] != nil } ?? signature[0]
      let counts = Set(classes.compactMap { $0.extents.first { $0.axis == producer }?.count })
      groups.append(
        ChannelGroup(
          id: groups.count, layers: layers, atoms: first..<extents.count,
          channelsPerAtom: counts.count == 1 ? counts.first : nil, axes: signature))
    }
    label(&coupling, atomOfRoot)
    collectUnprunable(classes, producers)
  }

  private mutating func label(_ coupling: inout ChannelCoupling, _ atomOfRoot: [Int: Int]) {
    for axis in Set(groups.flatMap(\.axes)).sorted() {
      labels[axis] = (0..<coupling.sizes[axis]).map { index in
        atomOfRoot[coupling.root(coupling.bases[axis] + index)] ?? -1
      }
      number(axis)
    }
  }

  /// Channels of layers that something holds, an entry for each set of layers and obstacle.
  private mutating func collectUnprunable(
    _ classes: [ChannelCoupling.SlotClass], _ producers: [Int: [String]]
  ) {
    struct Key: Hashable {
      var layers: [String]
      var obstacle: PruningObstacle
    }
    var positions: [Key: Int] = [:]
    for slotClass in classes {
      guard let obstacle = slotClass.obstacle else { continue }
      guard let first = slotClass.extents.first(where: { producers[$0.axis] != nil }) else { continue }
      let layers = slotClass.extents.compactMap { producers[$0.axis] }.flatMap(\.self).uniqued()
      let key = Key(layers: layers, obstacle: obstacle)
      if let position = positions[key] {
        unprunable[position].channels += first.count
      } else {
        positions[key] = unprunable.count
        unprunable.append(UnprunableGroup(layers: layers, channels: first.count, obstacle: obstacle))
      }
    }
  }
}

extension ChannelCoupling {
  /// Slots that are coupled.
  struct SlotClass {
    var root: Int
    var obstacle: PruningObstacle?
    var extents: [DependencyGraph.AxisExtent]
    var touchesWeights: Bool
  }

  /// The classes, in the order of their first slots.
  mutating func classes() -> [SlotClass] {
    var result: [SlotClass] = []
    var positions: [Int: Int] = [:]
    for axis in axes.indices where sizes[axis] > 0 {
      let isConstant = graph[axes[axis].value].constant != nil
      for slot in bases[axis]..<bases[axis] + sizes[axis] {
        let root = root(slot)
        let position = positions[root] ?? result.count
        if position == result.count {
          positions[root] = position
          result.append(SlotClass(root: root, obstacle: obstacle(slot), extents: [], touchesWeights: false))
        }
        if result[position].extents.last?.axis == axis {
          result[position].extents[result[position].extents.count - 1].count += 1
        } else {
          result[position].extents.append(DependencyGraph.AxisExtent(axis: axis, count: 1))
        }
        if isConstant { result[position].touchesWeights = true }
      }
    }
    return result
  }

  /// The axes by which layers compute channels, with the layers' labels.
  func producers() -> [Int: [String]] {
    var result: [Int: [String]] = [:]
    for mark in marks where mark.role.isProducer {
      if let number = number(mark.axis) { result[number, default: []].append(mark.node.label) }
    }
    return result
  }
}

extension Sequence where Element: Hashable {
  /// The elements without repetitions, in order.
  func uniqued() -> [Element] {
    var seen: Set<Element> = []
    return filter { seen.insert($0).inserted }
  }
}
