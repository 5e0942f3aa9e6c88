import PithGraph

/// An equation of Einstein's notation: which index each axis of each tensor has.
struct EinsumEquation {
  /// An index for each axis; axes that an ellipsis stands for have digits, aligned at their end.
  private(set) var operands: [[Character]]
  private(set) var result: [Character]

  /// - Parameters:
  ///   - text: as in `abc,cd->abd`; an ellipsis stands for axes that need no letter. Without an arrow the result has each
  ///     index that stands once, in the order of the alphabet.
  ///   - ranks: the number of axes of each operand.
  /// - Throws: `GraphError` where it is no such equation, or not one of these tensors.
  init(_ text: String, ranks: [Int]) throws {
    let problem = GraphError(
      "equation '\(text.printable())' is not one of \(ranks.count) tensors of these axes")
    let compact = text.filter { !$0.isWhitespace }
    let sides = compact.split(separator: "->", omittingEmptySubsequences: false)
    let terms = sides[0].split(separator: ",", omittingEmptySubsequences: false)
    guard sides.count <= 2, terms.count == ranks.count, !ranks.isEmpty, compact.utf8.count <= 256 else {
      throw problem
    }
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
      result = try letters(sides[1], rank: nil)
    } else {
      let all = operands.flatMap(\.self)
      result = Set(all).filter { letter in letter.isNumber || all.filter { $0 == letter }.count == 1 }
        .sorted()
    }
    guard Set(result).count == result.count, Set(result).isSubset(of: operands.flatMap(\.self)) else {
      throw problem
    }
  }
}
