import PithGraph

extension GraphAssembler {
  /// Einstein's summation over one or two tensors, where it is a matrix product with other axes around: the axes that both
  /// have and the result lacks are summed over.
  ///
  /// Constants are brought into the order that the product needs at once.
  /// - Parameter equation: as in `abc,cd->abd`; an ellipsis stands for axes that need no letter.
  /// - Throws: `GraphError` where the equation is none, or is no such product.
  func einsum(_ equation: String, _ operands: [ValueID], name: String) throws -> ValueID {
    let sum = try EinsteinSum(equation, try operands.map { try type($0).shape })
    if operands.count == 1 { return try rearranged(operands[0], sum.operands[0], to: sum.result, name: name) }
    var (a, b) = ((x: operands[0], labels: sum.operands[0]), (x: operands[1], labels: sum.operands[1]))
    // The factor whose own axes come first in the result is the left one.
    let ownOfA = sum.result.firstIndex { a.labels.contains($0) && !b.labels.contains($0) }
    let ownOfB = sum.result.firstIndex { b.labels.contains($0) && !a.labels.contains($0) }
    if let first = ownOfA, let second = ownOfB, second < first { swap(&a, &b) }

    let shared = sum.result.filter { a.labels.contains($0) && b.labels.contains($0) }
    let summed = a.labels.filter { b.labels.contains($0) && !sum.result.contains($0) }
    let left = sum.result.filter { a.labels.contains($0) && !b.labels.contains($0) }
    let right = sum.result.filter { b.labels.contains($0) && !a.labels.contains($0) }
    func size(_ labels: [Int]) throws -> [Dimension] { labels.map { sum.sizes[$0] } }
    func merged(_ labels: [Int]) throws -> Dimension { try Dimension.product(labels.map { sum.sizes[$0] }) }

    // Axes that one factor has alone go first; nothing may have to repeat.
    let x = try rearranged(a.x, a.labels, to: shared + left + summed, name: "\(name).left")
    let y = try rearranged(b.x, b.labels, to: shared + summed + right, name: "\(name).right")
    // Several axes of the left factor may stay where no axis is shared: a product goes over all that come before.
    let keepsLeft = shared.isEmpty && !left.isEmpty
    let leftShape = try size(shared) + (keepsLeft ? size(left) : [merged(left)]) + [merged(summed)]
    let rows = try reshaped(x, leftShape, name: "\(name).rows")
    let columns = try reshaped(
      y, try size(shared) + [merged(summed), merged(right)], name: "\(name).columns")
    let order = shared + left + right
    let isDone = order == sum.result
    let shape = try size(order)
    let product = try add(MatMul(), [rows, columns], name: "\(name).product")
    let whole = try reshaped(product, shape, name: isDone ? name : "\(name).axes")
    return try transposed(whole, sum.result.map { order.firstIndex(of: $0) ?? 0 }, name: name)
  }

  /// A tensor with its axes as listed, those that are not being summed over.
  private func rearranged(_ x: ValueID, _ labels: [Int], to wanted: [Int], name: String) throws -> ValueID {
    var (x, labels) = (x, labels)
    let summed = labels.indices.filter { !wanted.contains(labels[$0]) }
    if !summed.isEmpty {
      let axes = constant("\(name).axes", Tensor(ints: summed))
      x = try add(ReduceSum(keepsDimensions: false), [x, axes], name: "\(name).sum")
      labels = labels.filter { wanted.contains($0) }
    }
    guard wanted.count == labels.count else { throw GraphError("an axis of the result is in no operand") }
    return try transposed(x, wanted.map { labels.firstIndex(of: $0) ?? 0 }, name: name)
  }
}

/// An equation of Einstein's notation with its letters as numbers.
private struct EinsteinSum {
  /// For each operand, the label of each axis.
  var operands: [[Int]] = []
  var result: [Int] = []
  /// The size of each label.
  var sizes: [Dimension] = []

  init(_ equation: String, _ shapes: [Shape]) throws {
    let text = equation.filter { $0 != " " }
    let sides = text.components(separatedBy: "->")
    let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard sides.count == 2, terms.count == shapes.count, (1...2).contains(terms.count) else {
      throw GraphError(
        "equation '\(equation.printable())' is not supported; one with '->' over one or two operands is")
    }
    var numbers: [Character: Int] = [:]
    func labels(_ term: String, rank: Int?) throws -> [Int] {
      let parts = term.components(separatedBy: "...")
      guard parts.count <= 2, parts.allSatisfy({ $0.allSatisfy { $0.isASCII && $0.isLetter } }) else {
        throw GraphError("equation '\(equation.printable())' is not understood")
      }
      func named(_ part: String) -> [Int] {
        part.map { letter in
          if let number = numbers[letter] { return number }
          numbers[letter] = sizes.count
          sizes.append(1)
          return sizes.count - 1
        }
      }
      guard parts.count == 2 else { return named(parts[0]) }
      let hidden = rank.map { $0 - parts[0].count - parts[1].count } ?? dots.count
      guard hidden >= 0 else {
        throw GraphError("equation '\(equation.printable())' has more letters than axes")
      }
      while dots.count < hidden {
        dots.insert(sizes.count, at: 0)
        sizes.append(1)
      }
      return named(parts[0]) + dots.suffix(hidden) + named(parts[1])
    }
    var dots: [Int] = []
    for (term, shape) in zip(terms, shapes) {
      let list = try labels(term, rank: shape.rank)
      guard list.count == shape.rank, Set(list).count == list.count else {
        throw GraphError("equation '\(equation.printable())' does not fit an operand of shape \(shape)")
      }
      for (label, size) in zip(list, shape.dimensions) {
        guard
          operands.isEmpty || !operands[0].contains(label) || sizes[label] == size
            || sizes[label].size == nil || size.size == nil
        else {
          throw GraphError(
            "equation '\(equation.printable())' has axes of \(sizes[label]) and \(size) with one name")
        }
        if sizes[label].size == nil || !operands.contains(where: { $0.contains(label) }) {
          sizes[label] = size
        }
      }
      operands.append(list)
    }
    let known = sizes.count
    result = try labels(sides[1], rank: nil)
    guard sizes.count == known, Set(result).count == result.count else {
      throw GraphError("equation '\(equation.printable())' has a result that is not supported")
    }
  }
}

extension String {
  /// The parts between occurrences of a text.
  fileprivate func components(separatedBy separator: String) -> [String] {
    var parts: [String] = []
    var rest = self[...]
    while let range = rest.firstRange(of: separator) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}
