import PithEngine
import PithGraph
import Testing

@testable import PithPasses

extension DependencyGraph {
  /// The graph with nothing removed, in which every layer that would read a removed channel has zeros for it: what it
  /// computes is what the pruned graph has to compute, whatever lies between.
  func masking(_ atoms: Set<Int>) -> Graph {
    var masked = graph
    func mask(_ id: ValueID?, axis: Int) {
      guard let id, let tensor = masked[id].constant, let kept = kept(id, without: atoms)[axis] else {
        return
      }
      masked.update(id) { $0.constant = tensor.zeroing(axis: axis, except: Set(kept)) }
    }
    for node in graph.nodes {
      switch node.op {
      case is Conv:
        // Position p of every group.
        if !isDepthwise(node) { mask(node.inputs[1], axis: 1) }
      case let gemm as Gemm: mask(node.inputs[1], axis: gemm.transposesB ? 1 : 0)
      case is MatMul: mask(node.inputs[1], axis: 0)
      default: break
      }
    }
    return masked
  }

  private func isDepthwise(_ node: Node) -> Bool {
    guard let op = node.op as? Conv else { return false }
    return op.groups > 1 && graph.constant(node, 1)?.shape[1] == 1
  }
}

extension Tensor {
  func zeroing(axis: Int, except kept: Set<Int>) -> Tensor {
    let inner = shape[(axis + 1)...].reduce(1, *)
    var result = self
    result.withMutableFloats { values in
      for index in values.indices where !kept.contains(index / inner % shape[axis]) { values[index] = 0 }
    }
    return result
  }
}

/// Checks that two graphs compute the same outputs of the same shapes, relative to the largest.
func expectSameOutputs(
  _ expected: Graph, _ actual: Graph, seed: Int, tolerance: Float = 1e-4,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let inputs = randomInputs(of: expected, seed: seed)
  let before = try FloatEngine(expected).run(inputs)
  let after = try FloatEngine(actual).run(inputs)
  try #require(before.count == after.count, sourceLocation: sourceLocation)
  for (x, y) in zip(before, after) {
    try #require(x.shape == y.shape, sourceLocation: sourceLocation)
    let (a, b) = (x.floats ?? [], y.floats ?? [])
    let scale = a.reduce(1e-6) { Swift.max($0, abs($1)) }
    let worst = zip(a, b).reduce(0) { Swift.max($0, abs($1.0 - $1.1)) }
    #expect(worst <= tolerance * scale, "seed \(seed)", sourceLocation: sourceLocation)
  }
}
