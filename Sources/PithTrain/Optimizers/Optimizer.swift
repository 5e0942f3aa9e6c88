import PithEngine
import PithGraph

/// Changes parameters against their gradients, and keeps what it remembers from step to step.
public struct Optimizer: Sendable {
  /// A parameter and how it is trained.
  struct Rule: Sendable {
    var id: ValueID
    var learningRateFactor = 1.0
    var weightDecay: Float = 0
    var l1: Float = 0
  }

  public let options: OptimizerOptions
  let rules: [Rule]
  /// By parameter: arrays of its size, at first zero.
  var slots: [[[Float]]]
  /// Steps done.
  public internal(set) var steps = 0

  /// - Parameters:
  ///   - parameters: float32 constants of the graph.
  ///   - groups: parameters that are trained in their own way; the first that holds a parameter counts.
  public init(
    _ options: TrainingOptions, graph: Graph, parameters: [ValueID], groups: [ParameterGroup] = []
  ) {
    self.options = options.optimizer
    rules = parameters.map { id in
      // Biases and the scales of batch norm are few, and have no reason to be small.
      let decays = options.decaysAll || graph[id].constant?.rank ?? 0 > 1
      var rule = Rule(id: id)
      if decays {
        rule.weightDecay = Float(options.usedWeightDecay)
        rule.l1 = Float(options.l1)
      }
      if let group = groups.first(where: { $0.parameters.contains(id) }) {
        rule.learningRateFactor = group.learningRateFactor
        if let decay = group.weightDecay {
          rule.weightDecay = Float(decay)
          rule.l1 = 0
        }
      }
      return rule
    }
    let count = Self.slotCount(options.optimizer)
    slots = parameters.map { id in
      Array(repeating: [Float](repeating: 0, count: graph[id].constant?.count ?? 0), count: count)
    }
  }

  private static func slotCount(_ options: OptimizerOptions) -> Int {
    switch options.kind {
    case .sgd: 0
    case .momentum, .nesterov, .adagrad: 1
    case .rmsprop: options.usedMomentum > 0 ? 2 : 1
    case .adam, .adamw: 2
    }
  }

  /// Does one step.
  /// - Parameters:
  ///   - gradients: one for each parameter, in their order; a parameter without one stays. They are used up.
  ///   - rate: the learning rate.
  ///   - gradientScale: multiplies the gradients first, as clipping asks.
  public mutating func update(
    _ weights: inout Weights, gradients: inout [Tensor?], rate: Double, gradientScale: Float = 1
  ) {
    steps += 1
    for (index, rule) in rules.enumerated() {
      guard var gradient = gradients[index] else { continue }
      gradients[index] = nil
      let step = Step(options, rule, rate: rate, steps: steps, gradientScale: gradientScale)
      weights.update(rule.id) { values in
        values.withUnsafeMutableBufferPointer { values in
          gradient.withMutableFloats { gradient in
            gradient.withUnsafeMutableBufferPointer { gradient in
              Self.withSlots(&slots[index]) { step.run(values, gradient, $0, $1) }
            }
          }
        }
      }
    }
  }

  private static func withSlots(
    _ slots: inout [[Float]], _ body: (UnsafeMutablePointer<Float>?, UnsafeMutablePointer<Float>?) -> Void
  ) {
    switch slots.count {
    case 0: body(nil, nil)
    case 1: slots[0].withUnsafeMutableBufferPointer { body($0.baseAddress, nil) }
    default:
      // Two arrays of one array cannot be borrowed at once.
      var second = slots[1]
      slots[1] = []
      slots[0].withUnsafeMutableBufferPointer { first in
        second.withUnsafeMutableBufferPointer { body(first.baseAddress, $0.baseAddress) }
      }
      slots[1] = second
    }
  }
}
