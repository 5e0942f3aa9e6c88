import PithGraph

/// A student made of its teacher: the same network with fewer channels in every layer, the ones that matter most.
public enum NarrowCopy {
  /// - Parameters:
  ///   - width: the share of the channels of each layer that stays, above 0 and up to 1; what has to stay whole, such as
  ///     the classes, does.
  ///   - name: of the network, for messages.
  /// - Throws: `GraphError` where the width is none, or no channel can be taken out.
  public static func make(of graph: Graph, width: Double, name: String) throws -> Graph {
    guard width > 0, width <= 1 else {
      throw GraphError("the width must be above 0 and at most 1, not \(width)")
    }
    let dependencies = try DependencyGraph(graph)
    guard width == 1 || !dependencies.groups.isEmpty else {
      throw GraphError(
        "\(name) cannot be made narrower: no layer has channels that can be taken out; name a student with --student"
      )
    }
    var removed: Set<Int> = []
    for group in dependencies.groups {
      let kept = Swift.max(1, Int((Double(group.atoms.count) * width - 1e-9).rounded(.up)))
      let scores = group.atoms.map { atom in
        dependencies.slices(of: atom).reduce(0.0) { $0 + magnitude($1, graph) }
      }
      let ranked = group.atoms.sorted {
        (scores[$0 - group.atoms.lowerBound], $0) < (scores[$1 - group.atoms.lowerBound], $1)
      }
      removed.formUnion(ranked.prefix(group.atoms.count - kept))
    }
    return try dependencies.removing(removed)
  }

  /// The sum of the weights' magnitudes (Li et al., "Pruning Filters for Efficient ConvNets", 2017).
  private static func magnitude(_ slice: WeightSlice, _ graph: Graph) -> Double {
    guard let tensor = graph[slice.constant].constant, let floats = tensor.floats else { return 0 }
    let inner = tensor.shape[(slice.axis + 1)...].reduce(1, *)
    let outer = tensor.shape[..<slice.axis].reduce(1, *)
    var sum = 0.0
    for block in 0..<outer {
      for index in slice.indices {
        let start = (block * tensor.shape[slice.axis] + index) * inner
        for value in floats[start..<start + inner] { sum += Double(abs(value)) }
      }
    }
    return sum
  }
}
