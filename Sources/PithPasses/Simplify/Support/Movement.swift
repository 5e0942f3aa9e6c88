import PithGraph

/// Where the elements of a tensor come from that reshapes, transposes and cuts made of another.
///
/// Both tensors' axes are written as products of the same atoms: a reshape splits and joins axes, a transpose orders them
/// anew, and picking an index pins an atom. Whatever the steps were, what remains is one cut, one order and one shape.
struct Movement {
  struct Atom {
    var size: Dimension
    /// The one index that was picked.
    var pinned: Int?
  }

  private(set) var atoms: [Atom] = []
  /// The atoms of each axis of the source, outermost first; none for an axis of size 1.
  private(set) var source: [[Int]] = []
  /// Those of the result, without pinned ones.
  private(set) var target: [[Int]] = []

  /// What leaves a tensor of this shape as it is; nil for one without elements.
  init?(_ shape: Shape) {
    for dimension in shape.dimensions {
      guard dimension != 0 else { return nil }
      source.append(dimension == 1 ? [] : [add(dimension)])
    }
    target = source
  }

  private mutating func add(_ size: Dimension) -> Int {
    atoms.append(Atom(size: size))
    return atoms.count - 1
  }

  /// Makes an atom the outer part of what it was.
  /// - Returns: the inner part.
  private mutating func split(_ atom: Int, outer: Dimension, inner: Dimension) -> Int {
    atoms[atom].size = outer
    let added = add(inner)
    for axis in source.indices {
      if let index = source[axis].firstIndex(of: atom) { source[axis].insert(added, at: index + 1) }
    }
    return added
  }

  /// The product of atoms' sizes; nil where it is too large.
  func size(_ list: [Int]) -> Dimension? { try? Dimension.product(list.map { atoms[$0].size }) }

  // MARK: Steps

  /// Adds a step.
  /// - Returns: false where it is none of those that only move elements, or where it cannot be written so.
  mutating func append(_ node: Node, in context: RewriteContext) -> Bool {
    guard let to = context.outputType(node)?.shape else { return false }
    switch node.op {
    case let op as Transpose:
      guard let order = try? op.order(rank: target.count) else { return false }
      target = order.map { target[$0] }
      return true
    case let op as Gather:
      guard context.shape(node, 1)?.rank == 0, let index = context.constant(node, 1)?.integers?.first,
        let axis = try? Operands.axis(op.axis, rank: target.count)
      else { return false }
      return pick(index, axis)
    case is Slice: return slice(node, in: context)
    case let op where Reshaping.isReshape(op):
      guard let axes = divided(target.flatMap(\.self), into: to.dimensions) else { return false }
      target = axes
      return true
    default: return false
    }
  }

  /// Whether a node may be a step.
  static func isStep(_ op: any Operator) -> Bool {
    op is Transpose || op is Gather || op is Slice || Reshaping.isReshape(op)
  }

  /// Cuts a row of atoms into axes of these sizes, splitting atoms where needed.
  private mutating func divided(_ row: [Int], into sizes: [Dimension]) -> [[Int]]? {
    var rest = row[...]
    var result: [[Int]] = []
    for size in sizes {
      var axis: [Int] = []
      var missing = size
      while missing != 1 {
        guard let atom = rest.first else { return nil }
        if let more = missing.dividedEvenly(by: atoms[atom].size) {
          missing = more
          rest.removeFirst()
        } else if let inner = atoms[atom].size.dividedEvenly(by: missing) {
          rest[rest.startIndex] = split(atom, outer: missing, inner: inner)
          missing = 1
        } else {
          return nil
        }
        axis.append(atom)
      }
      result.append(axis)
    }
    return rest.isEmpty ? result : nil
  }

  /// Pins the atoms of an axis, which goes.
  private mutating func pick(_ index: Int, _ axis: Int) -> Bool {
    guard let size = size(target[axis])?.size, index >= -size, index < size else { return false }
    var rest = index < 0 ? index + size : index
    for atom in target[axis].reversed() {
      guard let count = atoms[atom].size.size else { return false }
      atoms[atom].pinned = rest % count
      rest /= count
    }
    target.remove(at: axis)
    return true
  }

  /// Keeps a range of an axis where that is one index of its outer part.
  private mutating func slice(_ node: Node, in context: RewriteContext) -> Bool {
    guard node.inputs.count >= 3, let starts = context.integers(node, 1),
      let ends = context.integers(node, 2),
      context.has(node, 3) ? context.integers(node, 3) != nil : true,
      context.has(node, 4) ? context.integers(node, 4) != nil : true,
      let ranges = try? Slice.ranges(
        starts: starts, ends: ends, axes: context.integers(node, 3), steps: context.integers(node, 4),
        shape: target.map { size($0)?.size })
    else { return false }
    for (axis, range) in ranges {
      guard let size = size(target[axis])?.size, range.step == 1, range.count > 0 else { return false }
      if range.count == size { continue }
      guard size.isMultiple(of: range.count), range.start.isMultiple(of: range.count),
        let parts = divided(target[axis], into: [.fixed(size / range.count), .fixed(range.count)])
      else { return false }
      target[axis] = parts[0]
      guard pick(range.start / range.count, axis) else { return false }
      target.insert(parts[1], at: axis)
    }
    return true
  }
}
