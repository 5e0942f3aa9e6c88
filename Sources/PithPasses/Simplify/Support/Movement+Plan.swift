import PithGraph

extension Movement {
  /// The nodes that do the same as all steps: a Slice, a Reshape, a Transpose, a Reshape, each only where needed.
  struct Plan {
    /// Ranges of the source's axes, and the shape that they leave.
    var ranges: [(axis: Int, range: Slice.Range)] = []
    var reshapings: (before: Reshaping?, after: Reshaping?)
    var order: [Int]?

    /// What the nodes cost: a transpose moves elements one by one.
    var cost: Int {
      (ranges.isEmpty ? 0 : 1) + (reshapings.before == nil ? 0 : 1) + (order == nil ? 0 : 2)
        + (reshapings.after == nil ? 0 : 1)
    }
  }

  /// The cost of a step, to compare with a plan's. That of a Gather is high, since a Slice says the same more plainly.
  static func cost(_ op: any Operator) -> Int { op is Gather ? 3 : op is Transpose ? 2 : 1 }

  /// The cheapest plan; nil where Slice, Reshape and Transpose do not suffice.
  func plan(from: Shape, to: Shape) -> Plan? {
    guard let (ranges, kept) = ranges(from) else { return nil }
    let plans = [true, false].compactMap { plan(ranges, kept, to: to, keepsAxes: $0) }
    return plans.min { $0.cost < $1.cost }
  }

  /// The ranges that pinned atoms mean, and the shape after these are cut.
  private func ranges(_ from: Shape) -> (ranges: [(axis: Int, range: Slice.Range)], shape: Shape)? {
    var ranges: [(axis: Int, range: Slice.Range)] = []
    var shape = from
    for (axis, list) in source.enumerated() {
      let pinned = list.filter { atoms[$0].pinned != nil }
      guard !pinned.isEmpty else { continue }
      let isOuter = Array(list.prefix(pinned.count)) == pinned
      guard isOuter || Array(list.suffix(pinned.count)) == pinned,
        let count = size(list.filter { atoms[$0].pinned == nil })?.size, let part = size(pinned)?.size
      else { return nil }
      let index = pinned.reduce(0) { $0 * (atoms[$1].size.size ?? 1) + (atoms[$1].pinned ?? 0) }
      let range = Slice.Range(start: isOuter ? index * count : index, count: count, step: isOuter ? 1 : part)
      ranges.append((axis, range))
      shape[axis] = .fixed(count)
    }
    return (ranges, shape)
  }

  /// - Parameter keepsAxes: whether atoms of different axes stay apart, which spares a reshape where no axis is split.
  private func plan(
    _ ranges: [(axis: Int, range: Slice.Range)], _ kept: Shape, to: Shape, keepsAxes: Bool
  ) -> Plan? {
    var groups: [[Int]] = []
    let next = successors(keepsAxes: keepsAxes)
    let begins = Set(source.flatMap(\.self)).subtracting(next.values)
    for atom in source.flatMap(\.self) where atoms[atom].pinned == nil && begins.contains(atom) {
      var group = [atom]
      while let last = group.last, let more = next[last] { group.append(more) }
      groups.append(group)
    }
    let sizes = groups.compactMap { size($0) }
    guard sizes.count == groups.count else { return nil }
    let order = target.flatMap(\.self).compactMap { atom in groups.firstIndex { $0[0] == atom } }

    var plan = Plan(ranges: ranges, reshapings: (nil, nil), order: nil)
    if order == order.sorted() {
      guard kept != to else { return plan }
      guard let reshaping = Reshaping(from: kept, to: to) else { return nil }
      plan.reshapings.before = reshaping
      return plan
    }
    plan.order = order
    let (before, after) = (Shape(sizes), Shape(order.map { sizes[$0] }))
    if kept != before {
      guard let reshaping = Reshaping(from: kept, to: before) else { return nil }
      plan.reshapings.before = reshaping
    }
    if after != to {
      guard let reshaping = Reshaping(from: after, to: to) else { return nil }
      plan.reshapings.after = reshaping
    }
    return plan
  }

  /// Which atom follows which in the source as in the result, so that both move as one.
  private func successors(keepsAxes: Bool) -> [Int: Int] {
    func pairs(_ axes: [[Int]]) -> Set<[Int]> {
      let rows = keepsAxes ? axes : [axes.flatMap(\.self)]
      return Set(rows.flatMap { row in zip(row, row.dropFirst()).map { [$0, $1] } })
    }
    let free = source.map { $0.filter { atoms[$0].pinned == nil } }
    let common = pairs(free).intersection(pairs(target))
    return Dictionary(uniqueKeysWithValues: common.map { ($0[0], $0[1]) })
  }
}

extension Movement.Plan {
  /// Adds the nodes that compute `output` from `input`; there must be at least one.
  func add(to patch: inout Patch, input: ValueID, output: ValueID, name: String) {
    var steps: [(op: any Operator, operands: [ValueID])] = []
    if !ranges.isEmpty {
      let starts = ranges.map(\.range.start)
      let ends = ranges.map { $0.range.start + ($0.range.count - 1) * $0.range.step + 1 }
      let lists = [starts, ends, ranges.map(\.axis), ranges.map(\.range.step)]
      let names = ["starts", "ends", "axes", "steps"]
      steps.append((Slice(), zip(names, lists).map { patch.addConstant("\(name).\($0)", Tensor(ints: $1)) }))
    }
    let shapes = [("shape", reshapings.before), ("end", reshapings.after)].map { suffix, reshaping in
      reshaping.map { reshaping in
        let operand = reshaping.target.map { patch.addConstant("\(name).\(suffix)", Tensor(ints: $0)) }
        return (op: reshaping.op, operands: operand.map { [$0] } ?? [])
      }
    }
    if let before = shapes[0] { steps.append(before) }
    if let order { steps.append((Transpose(permutation: order), [])) }
    if let after = shapes[1] { steps.append(after) }
    var value = input
    for (index, step) in steps.enumerated() {
      let isLast = index == steps.count - 1
      let result = isLast ? output : patch.addValue("\(name).\(step.op.name)")
      patch.addNode(
        step.op, inputs: [value] + step.operands, outputs: [result],
        name: isLast ? name : "\(name).\(step.op.name)")
      value = result
    }
  }
}
