import PithEngine
import PithGraph

/// Computes a node whose operands are all constant.
///
/// A small file must not unfold into more memory than there is. So a large result (over 16,384 elements) is kept only
/// where it takes the place of operands that are as large and that nobody else reads, or where all constants together
/// stay within the budget.
public struct FoldConstants: RewriteRule {
  public let name = "fold constants"
  /// Bytes that all constants of the graph may take before a fold has to make room for itself.
  public var budget: Int
  private static let small = 16_384

  public init(budget: Int = 256 << 20) { self.budget = budget }

  public func patch(at node: Node, in context: RewriteContext) throws -> Patch? {
    guard let tensors = results(of: node, in: context) else { return nil }
    var patch = Patch(context.graph)
    patch.remove(node.id)
    for (index, output) in node.outputs.enumerated() where context.isRead(output) {
      guard index < tensors.count, let type = context.graph[output].type,
        type.shape == Shape(tensors[index].shape),
        type.element == tensors[index].element
      else { return nil }
      patch.replace(output, with: patch.addConstant(context.graph[output].name, tensors[index]))
    }
    return patch
  }

  private func results(of node: Node, in context: RewriteContext) -> [Tensor]? {
    if let constant = node.op as? Constant { return [constant.tensor] }
    // A rounding says how its constant is stored.
    if node.op is FakeQuantize { return nil }
    let present = node.inputs.compactMap(\.self)
    guard !present.isEmpty, present.allSatisfy({ context.graph[$0].constant != nil }),
      let op = node.op as? any Executable, fits(node, present, in: context)
    else { return nil }
    // What the engine refuses here it refuses, with its own message, when the graph runs.
    return try? op.evaluate(node.inputs.map { $0.flatMap { context.graph[$0].constant } })
  }

  private func fits(_ node: Node, _ operands: [ValueID], in context: RewriteContext) -> Bool {
    var elements = 0
    var bytes = 0
    for output in node.outputs where context.isRead(output) {
      guard let type = context.graph[output].type, let count = type.shape.elementCount, count < 1 << 40 else {
        return false
      }
      elements += count
      bytes += count * type.element.byteCount
    }
    if elements <= Self.small { return true }
    let exclusive = Set(operands).filter { context.consumers[$0]?.allSatisfy { $0.id == node.id } ?? true }
    let replaced = exclusive.reduce(0) { $0 + (context.graph[$1].constant?.count ?? 0) }
    if elements <= replaced { return true }
    return context.graph.values.reduce(bytes) { $0 + ($1.constant?.byteCount ?? 0) } <= budget
  }
}
