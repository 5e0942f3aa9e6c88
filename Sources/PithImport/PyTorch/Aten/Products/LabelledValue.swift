import PithGraph

/// A tensor whose axes have labels, as in Einstein's notation.
struct LabelledValue {
  var id: ValueID
  /// One for each axis, none twice.
  var labels: [Character]

  /// The product with another, summed over the labels that are not kept. The result's labels are those of both, then the
  /// first's own, then the second's.
  func times(
    _ other: LabelledValue, keeping kept: Set<Character>, _ call: AtenCall, _ suffix: String
  ) throws -> LabelledValue {
    // What only one of them has and nobody needs is summed first.
    let a = try summed(keeping: kept.union(other.labels), call, "\(suffix).a")
    let b = try other.summed(keeping: kept.union(labels), call, "\(suffix).b")
    let shared = a.labels.filter(b.labels.contains)
    let batch = shared.filter(kept.contains)
    let inner = shared.filter { !kept.contains($0) }
    let (left, right) = (a.labels.filter { !shared.contains($0) }, b.labels.filter { !shared.contains($0) })
    let sizesA = try a.sizes(call)
    let sizes = sizesA.merging(try b.sizes(call)) { first, second in first.size == nil ? second : first }
    func list(_ labels: [Character]) -> [Dimension] { labels.map { sizes[$0] ?? 1 } }
    let x = try a.matrix(batch, left, inner, list, call, "\(suffix).left")
    let y = try b.matrix(batch, inner, right, list, call, "\(suffix).right")
    let product = try call.add(MatMul(), [x, y], "\(suffix).product")
    let result = batch + left + right
    return LabelledValue(id: try call.reshaped(product, to: list(result), suffix), labels: result)
  }

  /// The sum over all labels that are not kept.
  func summed(keeping kept: Set<Character>, _ call: AtenCall, _ suffix: String) throws -> LabelledValue {
    let axes = labels.indices.filter { !kept.contains(labels[$0]) }
    guard !axes.isEmpty else { return self }
    let sum = try call.add(
      ReduceSum(keepsDimensions: false), [id, call.constant(axes, "\(suffix).axes")], "\(suffix).sum")
    return LabelledValue(id: sum, labels: labels.filter(kept.contains))
  }

  private func sizes(_ call: AtenCall) throws -> [Character: Dimension] {
    Dictionary(uniqueKeysWithValues: zip(labels, try call.dimensions(id)))
  }

  /// The tensor as `[batch…, rows, columns]`, the axes of rows and columns each joined to one.
  private func matrix(
    _ batch: [Character], _ rows: [Character], _ columns: [Character], _ sizes: ([Character]) -> [Dimension],
    _ call: AtenCall, _ suffix: String
  ) throws -> ValueID {
    let wanted = batch + rows + columns
    let order = wanted.compactMap { labels.firstIndex(of: $0) }
    let moved = try call.transposed(id, order, "\(suffix).moved")
    guard rows.count != 1 || columns.count != 1 else { return moved }
    let shape = sizes(batch) + [try joined(sizes(rows)), try joined(sizes(columns))]
    return try call.reshaped(moved, to: shape, suffix)
  }

  private func joined(_ sizes: [Dimension]) throws -> Dimension {
    if sizes.count == 1 { return sizes[0] }
    guard let product = Shape.elementCount(sizes.compactMap(\.size)), sizes.allSatisfy({ $0.size != nil })
    else {
      throw GraphError("axes of unknown size cannot be joined; export the model with fixed sizes")
    }
    return .fixed(product)
  }
}
