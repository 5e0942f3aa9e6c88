import PithGraph

extension GraphAssembler {
  /// A tensor with an index for each axis.
  private struct Term {
    var value: ValueID
    var letters: [Character]

    func axis(_ letter: Character) throws -> Int {
      guard let axis = letters.firstIndex(of: letter) else { throw GraphError("index \(letter) is nowhere") }
      return axis
    }
  }

  /// Einstein's summation: one factor after the other, as products of matrices between transposes, sums and reshapes.
  ///
  /// Of two factors each index is of one kind: in both and still needed (batch), in both but summed over (inner), or in
  /// one of them. Those of a kind become one axis, and what is left is a product of matrices. Constants are brought into
  /// the order that the product needs at once.
  /// - Parameter equation: see `EinsumEquation`.
  /// - Returns: the sum; an operand itself where there is nothing to do.
  /// - Throws: `GraphError` where the equation is none, or does not fit the operands.
  func einsum(_ equation: String, _ operands: [ValueID], name: String) throws -> ValueID {
    let form = try EinsumEquation(equation, ranks: try operands.map { try type($0).shape.rank })
    let terms = try zip(operands, form.operands).enumerated().map { index, pair in
      try withoutDiagonals(Term(value: pair.0, letters: pair.1), name: "\(name).operand\(index)")
    }
    var total = terms[0]
    for (index, next) in terms.enumerated().dropFirst() {
      let later = Set(terms[(index + 1)...].flatMap(\.letters)).union(form.result)
      total = try product(
        total, next, keeping: later, towards: form.result,
        name: terms.count == 2 ? name : "\(name).step\(index)")
    }
    total = try summed(total, keeping: Set(form.result), name: "\(name).sum")
    return try transposed(total.value, try form.result.map { try total.axis($0) }, name: name)
  }

  /// The same where each index that stands twice stands once: its diagonal.
  private func withoutDiagonals(_ term: Term, name: String) throws -> Term {
    var term = term
    while let twice = term.letters.first(where: { letter in term.letters.filter { $0 == letter }.count > 1 })
    {
      let axes = term.letters.indices.filter { term.letters[$0] == twice }.prefix(2)
      let others = term.letters.indices.filter { !axes.contains($0) }
      let shape = try type(term.value).shape
      guard let size = shape[axes[0]].size, shape[axes[1]] == .fixed(size), size < 1 << 16 else {
        throw GraphError("the diagonal of axes of \(shape) is not known")
      }
      let moved = try transposed(term.value, others + axes, name: "\(name).diagonal_last")
      let rows = try reshaped(
        moved, others.map { shape[$0] } + [.fixed(size * size)], name: "\(name).diagonal_rows")
      let places = constant("\(name).places", Tensor(ints: (0..<size).map { $0 * (size + 1) }))
      term.value = try add(Gather(axis: others.count), [rows, places], name: "\(name).diagonal")
      term.letters = others.map { term.letters[$0] } + [twice]
    }
    return term
  }

  /// The sum over all indices but those.
  private func summed(_ term: Term, keeping kept: Set<Character>, name: String) throws -> Term {
    let axes = term.letters.indices.filter { !kept.contains(term.letters[$0]) }
    guard !axes.isEmpty else { return term }
    let list = constant("\(name)_axes", Tensor(ints: axes))
    let sum = try add(ReduceSum(keepsDimensions: false), [term.value, list], name: name)
    return Term(value: sum, letters: term.letters.filter { kept.contains($0) })
  }

  /// The product of two tensors, summed over what both have and nobody else asks for.
  private func product(
    _ first: Term, _ second: Term, keeping kept: Set<Character>, towards result: [Character], name: String
  ) throws -> Term {
    var a = try summed(first, keeping: kept.union(second.letters), name: "\(name).left_sum")
    var b = try summed(second, keeping: kept.union(first.letters), name: "\(name).right_sum")
    // The factor whose own axes come first in the result is the left one.
    func own(_ term: Term, _ other: Term) -> Int? {
      result.firstIndex { term.letters.contains($0) && !other.letters.contains($0) }
    }
    if let ofA = own(a, b), let ofB = own(b, a), ofB < ofA { swap(&a, &b) }
    let shared = a.letters.filter { b.letters.contains($0) }
    let (batch, inner) = (shared.filter { kept.contains($0) }, shared.filter { !kept.contains($0) })
    let rows = a.letters.filter { !shared.contains($0) }
    let columns = b.letters.filter { !shared.contains($0) }
    func sizes(_ term: Term, _ letters: [Character]) throws -> [Dimension] {
      let shape = try type(term.value).shape
      return try letters.map { shape[try term.axis($0)] }
    }
    func joined(_ term: Term, _ letters: [Character]) throws -> Dimension {
      try Dimension.product(try sizes(term, letters))
    }
    func ordered(_ term: Term, _ letters: [Character], _ shape: [Dimension], _ suffix: String) throws
      -> ValueID
    {
      let moved = try transposed(term.value, try letters.map { try term.axis($0) }, name: "\(name).\(suffix)")
      return try reshaped(moved, shape, name: "\(name).\(suffix)_matrices")
    }
    // Several axes of the left factor may stay where no axis is shared: a product goes over all that come before.
    let rowSizes = try batch.isEmpty && !rows.isEmpty ? sizes(a, rows) : [joined(a, rows)]
    let left = try ordered(
      a, batch + rows + inner, sizes(a, batch) + rowSizes + [joined(a, inner)], "left")
    let right = try ordered(
      b, batch + inner + columns, sizes(b, batch) + [joined(b, inner), joined(b, columns)], "right")
    // Where batches broadcast, the larger size is that of the product.
    let batchSizes = try zip(sizes(a, batch), sizes(b, batch)).map { $0 == 1 ? $1 : $0 }
    let whole = try add(MatMul(), [left, right], name: "\(name).product")
    let shape = try batchSizes + sizes(a, rows) + sizes(b, columns)
    return Term(
      value: try reshaped(whole, shape, name: "\(name).axes"), letters: batch + rows + columns)
  }
}
