import PithGraph

/// A student made of its teacher: the same network with fewer channels in every layer, the ones that matter most.
public enum NarrowCopy {
  /// - Parameters:
  ///   - width: the share of the channels of each layer that stays, above 0 and up to 1, rounded up to whole channels;
  ///     what has to stay whole, such as the classes, does.
  ///   - name: of the network, for messages.
  /// - Throws: `GraphError` where the width is none, or no channel can be taken out.
  public static func make(of graph: Graph, width: Double, name: String) throws -> Graph {
    guard width > 0, width <= 1 else {
      throw GraphError("the width must be above 0 and at most 1, not \(width)")
    }
    let dependencies = try DependencyGraph(graph)
    guard width == 1 || !dependencies.groups.isEmpty else {
      let reason = dependencies.unprunable.first.map { " (\($0.obstacle))" } ?? ""
      throw GraphError(
        "\(name) cannot be made narrower: no layer has channels that can be taken out\(reason); name a student with --student"
      )
    }
    let planner = PruningPlanner(
      dependencies, importance: try ChannelImportance(dependencies, method: .l1),
      limits: PruningLimits(roundTo: 1, largestRatio: 1))
    return try dependencies.removing(planner.uniform(1 - width))
  }
}
