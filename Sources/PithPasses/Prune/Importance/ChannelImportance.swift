import PithGraph

/// Scores of a dependency graph's atoms: the less, the sooner an atom can go.
///
/// An atom's score is the mean over the layers that are coupled in it. Norms depend on how a layer is scaled, so each
/// layer's are divided by their mean over the group first: then scores compare across layers, too.
public struct ChannelImportance: Sendable {
  /// One for each atom.
  public var scores: [Double]

  public init(scores: [Double]) { self.scores = scores }

  /// - Parameters:
  ///   - method: all but `.taylor`, which `TaylorImportance` computes from gradients.
  /// - Throws: `GraphError` where the graph lacks what the method looks at.
  public init(_ dependencies: DependencyGraph, method: ImportanceMethod) throws {
    scores = Array(repeating: 0, count: dependencies.atomCount)
    for group in dependencies.groups {
      let slices = dependencies.slices(of: group)
      let parts = try Self.layers(slices, method, group: group)
      // Per layer a score of each atom.
      var layers: [[Double]] = []
      for part in parts {
        guard let tensor = dependencies.graph[part.value].constant else { continue }
        let slices = slices.map { $0.filter { $0.constant == part.value && $0.axis == part.axis } }
        var layer = try WeightSliceNorms.scores(
          tensor, slices.map { $0.flatMap(\.indices) }, axis: part.axis, method)
        if method.isRelativeToGroup {
          let mean = layer.reduce(0, +) / Double(layer.count)
          if mean > 0 { layer = layer.map { $0 / mean } }
        }
        layers.append(layer)
      }
      for (position, atom) in group.atoms.enumerated() {
        scores[atom] = layers.reduce(0) { $0 + $1[position] } / Double(Swift.max(1, layers.count))
      }
    }
    guard scores.allSatisfy(\.isFinite) else {
      throw GraphError("weights are not finite, so channels cannot be ranked; train or export the model anew")
    }
  }

  /// Which axes of which constants a method looks at in a group: of filters those that compute the channel and those
  /// that read it.
  private static func layers(
    _ slices: [[WeightSlice]], _ method: ImportanceMethod, group: ChannelGroup
  ) throws -> [ValueAxis] {
    let roles: Set<WeightRole>
    switch method {
    case .l1, .l2: roles = [.output, .depthwise, .input]
    case .geometricMedian: roles = [.output, .depthwise]
    case .batchNormScale: roles = [.scale]
    case .taylor: throw GraphError("importance by Taylor expansion needs gradients")
    }
    let all = slices.flatMap(\.self).filter { roles.contains($0.role) }
    let axes = all.map { ValueAxis($0.constant, $0.axis) }.uniqued()
    if axes.isEmpty, method == .batchNormScale {
      throw GraphError(
        node: group.name,
        "its channels pass no batch normalization, whose scale was to rank them; export the model with batch norm kept, or choose another importance"
      )
    }
    return axes
  }
}

/// Norms of parts of a constant.
enum WeightSliceNorms {
  /// A score for each list of indices along an axis.
  static func scores(
    _ tensor: Tensor, _ indices: [[Int]], axis: Int, _ method: ImportanceMethod
  ) throws -> [Double] {
    guard let values = tensor.floats else {
      throw GraphError("weights are \(tensor.element.rawValue), but channels can be ranked by float32 only")
    }
    let inner = tensor.shape[(axis + 1)...].reduce(1, *)
    let outer = tensor.shape[..<axis].reduce(1, *)
    let size = tensor.shape[axis]
    func elements(_ list: [Int]) -> [Float] {
      var result: [Float] = []
      for index in list {
        for block in 0..<outer {
          let start = (block * size + index) * inner
          result += values[start..<start + inner]
        }
      }
      return result
    }
    func sum(_ list: [Int], _ term: (Double) -> Double) -> Double {
      elements(list).reduce(0) { $0 + term(Double($1)) }
    }
    switch method {
    case .l2: return indices.map { sum($0) { $0 * $0 }.squareRoot() }
    case .geometricMedian: return distances(indices.map(elements))
    case .l1, .batchNormScale, .taylor: return indices.map { sum($0) { abs($0) } }
    }
  }

  /// For each filter the sum of its distances to all others.
  private static func distances(_ filters: [[Float]]) -> [Double] {
    var result = [Double](repeating: 0, count: filters.count)
    for a in filters.indices {
      for b in 0..<a where filters[a].count == filters[b].count {
        var sum: Float = 0
        for index in filters[a].indices {
          let difference = filters[a][index] - filters[b][index]
          sum += difference * difference
        }
        let distance = Double(sum).squareRoot()
        result[a] += distance
        result[b] += distance
      }
    }
    return result
  }
}
