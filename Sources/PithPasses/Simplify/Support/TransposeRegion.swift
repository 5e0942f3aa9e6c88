import PithEngine
import PithGraph

/// The nodes after a transpose that can work on the axes in their old order, so that the transpose is needed only where
/// somebody else reads what they compute.
struct TransposeRegion {
  private let context: RewriteContext
  /// What the transposes do that lead into the region.
  private let order: [Int]
  /// The values of the region that are computed by these transposes, and what those read.
  private var seeds: [ValueID: ValueID] = [:]
  /// The nodes, operands before uses.
  private var nodes: [(node: Node, sunk: Sunk)] = []
  private var members: Set<NodeID> = []
  /// The transposed values that the nodes compute.
  private var values: Set<ValueID> = []
  /// Computed operands that a reshape brings into the old order.
  private var reshaped: Set<ValueID> = []

  /// - Parameter limit: how many nodes it may have.
  /// - Returns: nil where no node can join.
  init?(from seed: Node, limit: Int, in context: RewriteContext) throws {
    guard let transpose = seed.op as? Transpose, let x = seed.inputs[0],
      let rank = context.shape(seed, 0)?.rank
    else { return nil }
    self.context = context
    order = try transpose.order(rank: rank)
    seeds[seed.outputs[0]] = x
    var waiting = [seed.outputs[0]]
    while let value = waiting.popLast(), nodes.count < limit {
      for reader in context.consumers[value] ?? [] where nodes.count < limit && !members.contains(reader.id) {
        waiting += try join(reader)
      }
    }
    if nodes.isEmpty { return nil }
  }

  /// Takes a node in, where it can work on the old order and needs no transpose for it.
  /// - Returns: values whose readers may be able to join now.
  private mutating func join(_ node: Node) throws -> [ValueID] {
    guard !node.outputs.isEmpty, !node.outputs.dropFirst().contains(where: context.isRead),
      let data = Sunk.dataOperands(node)
    else { return [] }
    var found: [ValueID: ValueID] = [:]
    var turned: Set<ValueID> = []
    for index in data {
      guard let operand = node.inputs[index] else { return [] }
      if values.contains(operand) || seeds[operand] != nil || keeps(node, operand) { continue }
      if let producer = context.producer(node, index, as: Transpose.self),
        try producer.op.order(rank: context.shape(producer.node, 0)?.rank ?? 0) == order
      {
        found[operand] = producer.node.inputs[0]
      } else if !(node.op is Concat), reshaping(of: operand) != nil {
        turned.insert(operand)
      } else {
        return []
      }
    }
    // The other operands (bounds, axes) must not be of the region.
    let rest = node.inputs.indices.filter { !data.contains($0) }.compactMap { node.inputs[$0] }
    guard !rest.contains(where: { values.contains($0) || seeds[$0] != nil }),
      let sunk = try Sunk(node, order, in: context)
    else { return [] }
    seeds.merge(found) { old, _ in old }
    reshaped.formUnion(turned)
    nodes.append((node, sunk))
    members.insert(node.id)
    guard sunk.order == order else { return Array(found.keys.sorted()) }
    values.insert(node.outputs[0])
    return found.keys.sorted() + [node.outputs[0]]
  }

  /// Whether an operand can be brought into the old order without a transpose at run time: it is constant, or has only
  /// one element.
  private func keeps(_ node: Node, _ operand: ValueID) -> Bool {
    guard let shape = context.graph[operand].type?.shape, shape.rank <= order.count else { return false }
    if node.op is Concat { return context.graph[operand].constant != nil && shape.rank == order.count }
    return context.graph[operand].constant != nil || shape.dimensions.allSatisfy { $0 == 1 }
  }

  /// What brings a computed operand into the old order where only axes of 1 move, as with the factors of channels that
  /// squeeze-and-excitation computes; nil where elements would move.
  private func reshaping(of operand: ValueID) -> Reshaping? {
    guard let shape = context.graph[operand].type?.shape, shape.rank == order.count else { return nil }
    var before = shape
    for (axis, source) in order.enumerated() { before[source] = shape[axis] }
    let moved = order.indices.filter { shape[$0] != 1 }.map { order[$0] }
    return moved == moved.sorted() ? Reshaping(from: shape, to: before) : nil
  }

  /// How many transposes fewer there are without counting those that merge with others.
  var gain: Int {
    var gain = seeds.count
    for value in values.union(seeds.keys) {
      let outside = (context.consumers[value] ?? []).filter { !members.contains($0.id) }
      gain += outside.filter { undoes($0) }.count
      let isRead = context.graph.outputs.contains(value) || reshaped.contains(value)
      if isRead || outside.contains(where: { !($0.op is Transpose) }) {
        gain -= 1
      }
    }
    for (node, sunk) in nodes where !values.contains(node.outputs[0]) && context.isRead(node.outputs[0]) {
      if sunk.order != Array(sunk.order.indices) { gain -= 1 }
    }
    return gain
  }

  private func undoes(_ node: Node) -> Bool {
    guard let transpose = node.op as? Transpose, let back = try? transpose.order(rank: order.count) else {
      return false
    }
    return back.map { order[$0] } == Array(order.indices)
  }

  /// The nodes on the old order, and behind them a transpose for each value that others read.
  func patch() throws -> Patch {
    var patch = Patch(context.graph)
    var untransposed = seeds
    for (node, sunk) in nodes {
      patch.remove(node.id)
      var inputs = sunk.inputs
      for index in Sunk.dataOperands(node) ?? 0..<0 {
        guard let operand = node.inputs[index] else { continue }
        inputs[index] = try untransposed[operand] ?? moved(operand, into: &patch)
      }
      for (index, numbers) in sunk.constants.sorted(by: { $0.key < $1.key }) {
        inputs[index] = patch.addConstant(context.name(node, index, or: "axes"), Tensor(ints: numbers))
      }
      let output = node.outputs[0]
      if sunk.order == Array(sunk.order.indices) {
        patch.addNode(sunk.op, inputs: inputs, outputs: [output], name: node.name)
        continue
      }
      let before = patch.addValue("\(context.graph[output].name).untransposed")
      untransposed[output] = before
      patch.addNode(sunk.op, inputs: inputs, outputs: [before], name: node.name)
      let readers = context.consumers[output] ?? []
      if context.graph.outputs.contains(output) || reshaped.contains(output)
        || readers.contains(where: { !members.contains($0.id) })
      {
        patch.addNode(
          Transpose(permutation: sunk.order), inputs: [before], outputs: [output],
          name: "\(node.label).transpose")
      }
    }
    return patch
  }

  /// A constant, or a computed value of which only axes of 1 move, with its axes in the old order; what has but one
  /// element stays.
  private func moved(_ operand: ValueID, into patch: inout Patch) throws -> ValueID {
    let value = context.graph[operand]
    if reshaped.contains(operand), let reshaping = reshaping(of: operand) {
      let result = patch.addValue("\(value.name).untransposed")
      reshaping.add(to: &patch, input: operand, output: result, name: "\(value.name).reshape")
      return result
    }
    guard let constant = value.constant,
      constant.shape.contains(where: { $0 != 1 }) || constant.rank == order.count
    else { return operand }
    var inverse = order
    for (axis, source) in order.enumerated() { inverse[source] = axis }
    let padded = constant.reshaped(Array(repeating: 1, count: order.count - constant.rank) + constant.shape)
    return patch.addConstant(value.name, try Transpose(permutation: inverse).evaluate([padded])[0])
  }
}
