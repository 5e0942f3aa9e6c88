import PithGraph

/// ONNX's Einsum of one or two tensors, as a matrix product between transposes, sums and reshapes.
///
/// Of two operands each index is of one kind: in both and in the result (batch), in both but summed over (inner), or in
/// one of them. Those of a kind become one axis, and what is left is a product of matrices.
enum ONNXEinsum: ONNXReader {
  static let opType = "Einsum"

  static func read(_ node: ONNXNode, into builder: ONNXGraphBuilder) throws {
    guard let equation = try node.string("equation") else {
      throw GraphError("attribute 'equation' is missing")
    }
    let operands = try node.inputs.indices.map { try builder.required(node, $0) }
    let ranks = try operands.map { try builder.type($0).shape.rank }
    let form = try EinsumEquation(equation, ranks: ranks)
    var terms = try zip(operands, form.operands).enumerated().map { index, pair in
      try EinsumTerm(value: pair.0, letters: pair.1).withoutDiagonals(node, builder, "operand\(index)")
    }
    var total = terms.removeFirst()
    var step = 0
    while !terms.isEmpty {
      let next = terms.removeFirst()
      let later = Set(terms.flatMap(\.letters)).union(form.output)
      total = try total.product(next, keeping: later, node, builder, "step\(step)")
      step += 1
    }
    total = try total.summed(keeping: Set(form.output), node, builder, "sum")
    try builder.emit(
      Transpose(permutation: try form.output.map { try total.axis($0) }), node, inputs: [total.value])
  }
}

/// Which indices the axes of each tensor have.
private struct EinsumEquation {
  var operands: [[Character]]
  var output: [Character]

  init(_ text: String, ranks: [Int]) throws {
    let problem = GraphError(
      "equation '\(text.printable())' is not one of \(ranks.count) tensors of these axes")
    let compact = text.filter { !$0.isWhitespace }
    let sides = compact.split(separator: "->", omittingEmptySubsequences: false)
    let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false)
    guard sides.count <= 2, terms.count == ranks.count, !ranks.isEmpty, compact.utf8.count <= 256 else {
      throw problem
    }
    // Axes that an ellipsis stands for are aligned at their end, and are digits here.
    var widest = 0
    func letters(_ term: Substring, rank: Int?) throws -> [Character] {
      let parts = term.split(separator: "...", omittingEmptySubsequences: false)
      guard parts.count <= 2, parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isLetter } }) else {
        throw problem
      }
      guard parts.count == 2 else {
        guard rank == nil || rank == parts[0].count else { throw problem }
        return Array(parts[0])
      }
      let count = rank.map { $0 - parts[0].count - parts[1].count } ?? widest
      guard count >= 0, count <= 10 else { throw problem }
      widest = Swift.max(widest, count)
      return Array(parts[0]) + (0..<count).map { Character(String(9 - (count - 1 - $0))) } + Array(parts[1])
    }
    operands = try zip(terms, ranks).map { try letters($0, rank: $1) }
    if sides.count == 2 {
      output = try letters(sides[1], rank: nil)
    } else {
      // Without a result: every index that stands once, in the order of the alphabet.
      let all = operands.flatMap(\.self)
      output = Set(all).filter { letter in letter.isNumber || all.filter { $0 == letter }.count == 1 }
        .sorted()
    }
    guard Set(output).count == output.count, Set(output).isSubset(of: operands.flatMap(\.self)) else {
      throw problem
    }
  }
}

/// A tensor with an index for each axis.
private struct EinsumTerm {
  var value: ValueID
  var letters: [Character]

  func axis(_ letter: Character) throws -> Int {
    guard let axis = letters.firstIndex(of: letter) else { throw GraphError("index \(letter) is nowhere") }
    return axis
  }

  /// The same where each index that stands twice stands once: its diagonal.
  func withoutDiagonals(_ node: ONNXNode, _ builder: ONNXGraphBuilder, _ name: String) throws -> EinsumTerm {
    var term = self
    while let twice = term.letters.first(where: { letter in term.letters.filter { $0 == letter }.count > 1 })
    {
      let axes = term.letters.indices.filter { term.letters[$0] == twice }.prefix(2)
      let others = term.letters.indices.filter { !axes.contains($0) }
      let shape = try builder.type(term.value).shape
      guard let size = shape[axes[0]].size, shape[axes[1]] == .fixed(size), size < 1 << 16 else {
        throw GraphError("the diagonal of axes of \(shape) is not known")
      }
      let moved = try builder.emitPart(
        Transpose(permutation: others + axes), node, "\(name)_diagonal_last", inputs: [term.value])
      let rows = try builder.reshape(
        moved, to: others.map { shape[$0] } + [.fixed(size * size)], node, "\(name)_diagonal_rows")
      let places = builder.constant(node, "\(name)_places", Tensor(ints: (0..<size).map { $0 * (size + 1) }))
      term.value = try builder.emitPart(
        Gather(axis: others.count), node, "\(name)_diagonal", inputs: [rows, places])
      term.letters = others.map { term.letters[$0] } + [twice]
    }
    return term
  }

  /// The sum over all indices but those.
  func summed(
    keeping kept: Set<Character>, _ node: ONNXNode, _ builder: ONNXGraphBuilder, _ name: String
  ) throws -> EinsumTerm {
    let axes = letters.indices.filter { !kept.contains(letters[$0]) }
    guard !axes.isEmpty else { return self }
    let sum = try builder.emitPart(
      ReduceSum(keepsDimensions: false), node, name,
      inputs: [value, builder.constant(node, "\(name)_axes", Tensor(ints: axes))])
    return EinsumTerm(value: sum, letters: letters.filter { kept.contains($0) })
  }

  /// The product with another tensor, summed over what both have and nobody else asks for.
  func product(
    _ other: EinsumTerm, keeping kept: Set<Character>, _ node: ONNXNode, _ builder: ONNXGraphBuilder,
    _ name: String
  ) throws -> EinsumTerm {
    let a = try summed(keeping: kept.union(other.letters), node, builder, "\(name)_left_sum")
    let b = try other.summed(keeping: kept.union(letters), node, builder, "\(name)_right_sum")
    let shared = a.letters.filter { b.letters.contains($0) }
    let (batch, inner) = (shared.filter { kept.contains($0) }, shared.filter { !kept.contains($0) })
    let (rows, columns) = (
      a.letters.filter { !shared.contains($0) }, b.letters.filter { !shared.contains($0) }
    )
    func sizes(_ term: EinsumTerm, _ letters: [Character]) throws -> [Dimension] {
      let shape = try builder.type(term.value).shape
      return try letters.map { shape[try term.axis($0)] }
    }
    let left = try a.matrices(batch, rows, inner, node, builder, "\(name)_left")
    let right = try b.matrices(batch, inner, columns, node, builder, "\(name)_right")
    // Where batches broadcast, the larger size is that of the product.
    let batchSizes = try zip(sizes(a, batch), sizes(b, batch)).map { $0 == 1 ? $1 : $0 }
    let product = try builder.emitPart(MatMul(), node, "\(name)_product", inputs: [left, right])
    let shape = batchSizes + (try sizes(a, rows)) + (try sizes(b, columns))
    let whole =
      rows.count == 1 && columns.count == 1
      ? product : try builder.reshape(product, to: shape, node, "\(name)_shaped")
    return EinsumTerm(value: whole, letters: batch + rows + columns)
  }

  /// The tensor as matrices, the indices of each kind being one axis.
  private func matrices(
    _ batch: [Character], _ rows: [Character], _ columns: [Character], _ node: ONNXNode,
    _ builder: ONNXGraphBuilder, _ name: String
  ) throws -> ValueID {
    let order = try (batch + rows + columns).map { try axis($0) }
    let moved = try builder.emitPart(Transpose(permutation: order), node, "\(name)_moved", inputs: [value])
    guard rows.count != 1 || columns.count != 1 else { return moved }
    let shape = try builder.type(moved).shape.dimensions
    func joined(_ range: ArraySlice<Dimension>) throws -> Dimension {
      let sizes = range.compactMap(\.size)
      if sizes.count < range.count, range.count == 1 { return range.first ?? 1 }
      guard sizes.count == range.count, let product = Shape.elementCount(sizes) else {
        throw GraphError("axes \(Shape(Array(range))) cannot be joined, as their sizes are not known")
      }
      return .fixed(product)
    }
    let split = batch.count
    let target =
      shape[..<split]
      + [try joined(shape[split..<split + rows.count]), try joined(shape[(split + rows.count)...])]
    return try builder.reshape(moved, to: Array(target), node, "\(name)_matrices")
  }
}

extension ONNXGraphBuilder {
  /// Gives a tensor a shape in which at most one size is not known.
  func reshape(_ x: ValueID, to shape: [Dimension], _ node: ONNXNode, _ suffix: String) throws -> ValueID {
    guard shape.filter({ $0.size == nil }).count <= 1 else {
      throw GraphError("shape \(Shape(shape)) has more than one size that is not known; specialize the model")
    }
    let target = constant(node, "\(suffix)_shape", Tensor(ints: shape.map { $0.size ?? -1 }))
    return try emitPart(Reshape(), node, suffix, inputs: [x, target])
  }
}
