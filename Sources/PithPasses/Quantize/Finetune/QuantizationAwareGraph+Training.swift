import PithGraph
import PithTrain

extension QuantizationAwareGraph {
  /// The graph as it is trained: where the program ends in the sigmoid of a single output, without that output's
  /// rounding, which would leave a loss of probabilities with no digits.
  public var trainingGraph: Graph {
    let producers = graph.producers()
    var copy = graph
    copy.replaceOutputs(
      graph.outputs.map { output in
        guard let rounding = producers[output], rounding.op is FakeQuantize, let value = rounding.inputs[0],
          producers[value]?.op is Sigmoid
        else { return output }
        return value
      })
    return copy
  }

  /// The step sizes of all learned scales: they never decay.
  public var scaleGroup: ParameterGroup {
    ParameterGroup(parameters: steps, learningRateFactor: Self.stepRateFactor, weightDecay: 0)
  }

  /// Steps are relative, and may change by larger shares than weights do.
  static let stepRateFactor = 1.0

  /// Scales stay positive, and weights that are exactly zero stay zero: a sparse network stays sparse.
  public var constraints: [ValueID: WeightConstraint] {
    var result = graph.zeroMasks()
    for id in steps { result[id] = WeightConstraint(range: FakeQuantize.leastStep...1024) }
    return result
  }

  private var steps: [ValueID] {
    graph.nodes.compactMap { node in
      guard let op = node.op as? FakeQuantize, op.learnsScale else { return nil }
      return node.inputs[1]
    }
  }
}

extension QuantizedModel {
  /// Counts anew what lies outside the activations' ranges, after these or the weights have changed.
  /// - Parameter calibrator: has seen samples in this model's graph.
  public mutating func measureClipping(_ calibrator: Calibrator) {
    clippedShares = [:]
    for (id, parameters) in activations {
      guard let histogram = calibrator.statistics[id]?.histogram, histogram.total > 0 else { continue }
      clippedShares[id] = histogram.share(outside: parameters.range)
    }
  }
}
