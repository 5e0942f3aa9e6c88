import PithGraph

/// Which broadcasts the integer kernels have.
public enum Broadcasting {
  /// How the second operand of an elementwise operator meets the first.
  public enum Form: Sendable, Hashable {
    case same
    /// One element for all.
    case scalar
    /// One element per channel: `[N, C, 1, 1]` against `[N, C, H, W]`.
    case perChannel
    /// One element for each index of the last axis: `[C]` against `[…, C]`.
    case perFeature
    /// Any other broadcast: the operand is repeated in memory first.
    case repeated
  }

  /// How `b` is broadcast to `a`'s shape; nil where no integer kernel does it.
  public static func form(_ a: [Int], _ b: [Int]) -> Form? {
    if a == b { return .same }
    guard b.count <= a.count else { return nil }
    if b.allSatisfy({ $0 == 1 }) { return .scalar }
    let padded = Array(repeating: 1, count: a.count - b.count) + b
    if padded == a { return .same }
    guard zip(padded, a).allSatisfy({ $0 == $1 || $0 == 1 }) else { return nil }
    if a.count >= 3, padded[1] == a[1], padded.dropFirst(2).allSatisfy({ $0 == 1 }) { return .perChannel }
    return padded.dropLast().allSatisfy { $0 == 1 } ? .perFeature : .repeated
  }

  /// Whether operand 0 is the smaller one and the operands have to change places.
  public static func swaps(_ a: [Int], _ b: [Int]) -> Bool {
    (Shape.elementCount(a) ?? 0) < (Shape.elementCount(b) ?? 0) || a.count < b.count
  }

  static func obstacle(_ node: Node, in graph: Graph) -> String? {
    guard let first = node.inputs[0], let second = node.inputs[1], let a = graph[first].type?.shape.sizes,
      let b = graph[second].type?.shape.sizes
    else { return "its shapes are not known" }
    if !(1...4).contains(Swift.max(a.count, b.count)) { return "it has more than 4 axes" }
    let (large, small) = swaps(a, b) ? (b, a) : (a, b)
    guard form(large, small) != nil else { return "no integer kernel broadcasts \(small) to \(large)" }
    return nil
  }
}
