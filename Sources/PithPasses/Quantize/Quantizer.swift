import PithGraph

/// Post-training quantization of a simplified graph.
///
///     var quantizer = try Quantizer(graph, settings: settings)
///     while let batch = try reader.next() { try quantizer.calibrate([batch]) }
///     let model = try quantizer.finish()
public struct Quantizer {
  public let settings: QuantizationSettings
  private let graph: Graph
  /// The graph for a batch of 1: the same identifiers, every size known.
  let shapes: Graph
  /// Where each node will run.
  public let placements: [NodeID: Placement]
  private var calibrator: Calibrator
  private let masks: [AttentionMask]

  /// - Throws: where a shape beside the batch is not known, or an excluded name does not exist.
  public init(_ graph: Graph, settings: QuantizationSettings = QuantizationSettings()) throws {
    self.settings = settings
    self.graph = graph
    shapes = try graph.specialized(batch: 1)
    placements = try Quantizer.place(shapes, excluded: settings.excluded)
    masks = AttentionMask.all(in: graph, placements)
    var observed = Quantizer.observed(graph, placements)
    observed.wanted.subtract(masks.filter(\.isInfinite).map(\.sum))
    observed.wanted.formUnion(try graph.states(settings.states).values)
    calibrator = try Calibrator(graph, wanted: observed.wanted, channelAxes: observed.channels)
  }

  /// Where each node runs.
  static func place(_ shapes: Graph, excluded: Set<String>) throws -> [NodeID: Placement] {
    let names = Set(shapes.nodes.flatMap { [$0.name] + $0.outputs.map { shapes[$0].name } })
    if let unknown = excluded.sorted().first(where: { !names.contains($0) }) {
      throw GraphError("no node is called '\(unknown)'; `compress inspect` lists the names")
    }
    var result: [NodeID: Placement] = [:]
    for node in shapes.nodes { result[node.id] = placement(of: node, in: shapes, excluded: excluded) }
    return result
  }

  private static func placement(of node: Node, in shapes: Graph, excluded: Set<String>) -> Placement {
    if excluded.contains(node.name) || node.outputs.contains(where: { excluded.contains(shapes[$0].name) }) {
      return .float32(reason: "it was excluded")
    }
    guard let op = node.op as? any Quantizable else {
      return .float32(reason: "\(node.op.name) has no integer kernel")
    }
    let reason = obstacle(op, node, in: shapes) ?? op.reasonForFloat(node, in: shapes)
    return reason.map { .float32(reason: $0) } ?? .integer
  }

  /// Why no integer kernel can compute a node; nil where one can.
  static func obstacle(_ op: any Quantizable, _ node: Node, in shapes: Graph) -> String? {
    for id in node.inputs.prefix(1).compactMap(\.self) + node.outputs.prefix(1) {
      guard let type = shapes[id].type else { return "its types are not known" }
      if type.element != .float32 { return "it works on \(type.element.rawValue)" }
      if type.shape.rank == 0 { return "it works on a scalar" }
    }
    return op.obstacleToInteger(node, in: shapes)
  }

  /// Which values' ranges are needed, and which values' channel means.
  private static func observed(
    _ graph: Graph, _ placements: [NodeID: Placement]
  ) -> (wanted: Set<ValueID>, channels: [ValueID: Int]) {
    var wanted: Set<ValueID> = []
    var channels: [ValueID: Int] = [:]
    for node in graph.nodes where placements[node.id] == .integer {
      for case let input? in node.inputs where graph[input].constant == nil { wanted.insert(input) }
      wanted.formUnion(node.outputs)
      guard node.op is any WeightQuantizable, let input = node.inputs.first ?? nil else { continue }
      // Where a Conv and a product read one value, the first of them has its channels followed.
      let axis = Quantizer.channelAxis(of: node, in: graph)
      if channels[input] == nil { channels[input] = axis }
    }
    return (wanted, channels)
  }

  /// The axis of a layer's input that its weights are summed over.
  private static func channelAxis(of node: Node, in graph: Graph) -> Int {
    let rank = node.inputs.first.flatMap { $0 }.flatMap { graph[$0].type?.shape.rank } ?? 0
    return node.op is Conv || node.op is ConvTranspose ? 1 : rank - 1
  }

  /// Adds one batch of calibration samples, a tensor per input of the graph.
  public mutating func calibrate(_ inputs: [Tensor]) throws { try calibrator.add(inputs) }

  /// Chooses ranges and quantizes weights and biases.
  /// - Throws: where no sample was seen or a weight is not finite.
  public func finish() throws -> QuantizedModel {
    guard calibrator.sampleCount > 0 else {
      throw GraphError("calibration saw no samples; give it at least one")
    }
    let activations = try chooseActivations()
    var model = QuantizedModel(
      graph: graph, placements: placements, activations: activations, weights: [:], biases: [:],
      settings: settings,
      sampleCount: calibrator.sampleCount, clippedShares: [:], equalizedPairs: 0)
    for node in graph.nodes where placements[node.id] == .integer {
      do {
        if let op = node.op as? any WeightQuantizable, graph.constant(node, 1) != nil {
          try quantizeWeights(of: node, op, in: &model)
        } else if let op = node.op as? any Recurrent {
          model.recurrences[node.id] = try quantizeRecurrence(of: node, op, activations)
        }
      } catch let error as GraphError {
        throw GraphError(node: node.label, error.message)
      }
    }
    let masked = model.maskedScores
    for (id, parameters) in activations {
      // What is masked is cut on purpose.
      guard let histogram = calibrator.statistics[id]?.histogram, histogram.total > 0, !masked.contains(id)
      else { continue }
      model.clippedShares[id] = histogram.share(outside: parameters.range)
    }
    return model
  }

  private func chooseActivations() throws -> [ValueID: QuantizationParameters] {
    var result: [ValueID: QuantizationParameters] = [:]
    let symmetric = symmetricValues()
    let startState = startStateRanges()
    let states = try graph.states(settings.states)
    let masked = maskRanges()
    func parameters(covering range: ClosedRange<Float>, _ id: ValueID) -> QuantizationParameters {
      symmetric.contains(id)
        ? QuantizationParameters(symmetricallyCovering: range) : QuantizationParameters(covering: range)
    }
    func choose(_ id: ValueID) throws {
      guard result[id] == nil else { return }
      if let range = masked[id] {
        result[id] = parameters(covering: range, id)
      } else if let constant = graph[id].constant?.floats {
        guard constant.allSatisfy(\.isFinite) else {
          throw GraphError("constant '\(graph[id].name)' is not finite; train or export the model anew")
        }
        result[id] = parameters(covering: (constant.min() ?? 0)...(constant.max() ?? 0), id)
      } else if let statistics = calibrator.statistics[states[id] ?? id] {
        // A state holds what the output that it comes from does.
        let range = settings.method.range(of: statistics.histogram)
        result[id] = parameters(covering: startState[id].map { range.union($0) } ?? range, id)
      }
    }
    for node in graph.nodes where placements[node.id] == .integer {
      guard let op = node.op as? any Quantizable else { continue }
      for (index, id) in node.inputs.prefix(op.byteOperandCount).enumerated() {
        guard let input = id, graph[input].type?.element == .float32 else { continue }
        // Constant second factors are weights.
        if index == 1, op is any WeightQuantizable, graph[input].constant != nil { continue }
        try choose(input)
      }
      for output in node.outputs where graph[output].type?.element == .float32 {
        switch op.outputRange {
        case .observed: try choose(output)
        case .fixed(let parameters): result[output] = parameters
        case .sameAsOperand(let index): result[output] = result[try graph.operand(node, index)]
        }
      }
    }
    return result
  }

  /// The ranges of masks and of what they are added to, which calibration cannot tell.
  private func maskRanges() -> [ValueID: ClosedRange<Float>] {
    var result: [ValueID: ClosedRange<Float>] = [:]
    for mask in masks {
      guard let histogram = calibrator.statistics[mask.scores]?.histogram,
        let ranges = mask.ranges(scores: settings.method.range(of: histogram))
      else { continue }
      result[mask.sum] = ranges.sum
      // One mask may serve many layers.
      result[mask.mask] = result[mask.mask]?.union(ranges.mask) ?? ranges.mask
    }
    return result
  }

  /// The values whose zero point must be 128, and those that they have their parameters from.
  private func symmetricValues() -> Set<ValueID> {
    let producers = graph.producers()
    var result: Set<ValueID> = []
    for node in graph.nodes where placements[node.id] == .integer {
      guard let op = node.op as? any Quantizable else { continue }
      for index in op.symmetricOperands(node, in: graph) where index < node.inputs.count {
        var next = node.inputs[index]
        while let id = next, result.insert(id).inserted {
          guard let producer = producers[id], placements[producer.id] == .integer,
            case .sameAsOperand(let operand)? = (producer.op as? any Quantizable)?.outputRange
          else { break }
          next = operand < producer.inputs.count ? producer.inputs[operand] : nil
        }
      }
    }
    return result
  }

  /// The range of what a recurrent layer starts from, by its sequence of states: both are bytes of one scale.
  private func startStateRanges() -> [ValueID: ClosedRange<Float>] {
    var result: [ValueID: ClosedRange<Float>] = [:]
    for node in graph.nodes where node.op is any Recurrent && placements[node.id] == .integer {
      guard node.inputs.count > 5, let id = node.inputs[5] else { continue }
      if let constant = graph[id].constant?.floats, let low = constant.min(), let high = constant.max() {
        result[node.outputs[0]] = low...high
      } else if let statistics = calibrator.statistics[id] {
        result[node.outputs[0]] = settings.method.range(of: statistics.histogram)
      }
    }
    return result
  }

  private func quantizeWeights(of node: Node, _ op: any WeightQuantizable, in model: inout QuantizedModel)
    throws
  {
    let input = try graph.operand(node, 0)
    guard let weights = graph.constant(node, 1), let floats = weights.floats, let x = model.activations[input]
    else {
      throw GraphError("its weights or its input's range are missing")
    }
    let axis = op.outputChannelAxis(weights: weights.shape)
    let channelCount = weights.shape[axis]
    let quantized = try Quantizer.fitting(
      weights, axis: axis, biases: try biases(of: node, channels: channelCount), inputScale: x.scale)
    let channels = quantized.scales.count
    var bias = try biases(of: node, channels: channels)
    // A product has no bias of its own to correct in the portable form.
    if settings.correctsBias, type(of: op).operandCount.contains(3),
      calibrator.channelAxes[input] == Quantizer.channelAxis(of: node, in: graph),
      let means = calibrator.statistics[input]?.channelMeans
    {
      let shifts = BiasCorrection.shifts(
        weights: floats, quantized: quantized, means: means,
        inputChannel: Quantizer.inputChannel(op, shape: weights.shape))
      for channel in 0..<channels where shifts[channel].isFinite { bias[channel] += shifts[channel] }
    }
    model.weights[node.id] = quantized
    model.biases[node.id] = Quantizer.integerBiases(bias, quantized, inputScale: x.scale)
  }

  /// Biases in units of input scale · weight scale.
  static func integerBiases(_ biases: [Double], _ weights: QuantizedWeights, inputScale: Float) -> [Int32] {
    biases.indices.map { channel in
      let unit = Double(inputScale) * Double(weights.scales[channel])
      let level = (biases[channel] / unit).rounded(.toNearestOrEven)
      // `fitting` leaves room for it; bias correction may have taken a little more.
      let room = Double(Int32.max) - 255 * Double(weights.magnitude(of: channel))
      return Int32(Swift.min(room, Swift.max(-room, level)))
    }
  }

  /// Quantizes weights so that every accumulator fits 32 bits: |acc| ≤ 255 · Σ|w| + |bias| (the zero point's part
  /// cancels against a part of the sum), with half of the range for each.
  ///
  /// Where a channel's weights are tiny beside its bias, or very many, its scale grows until both fit.
  /// - Parameters:
  ///   - scales: the channels' scales where they are known, as after training.
  ///   - onGrid: as of `QuantizedWeights`.
  static func fitting(
    _ weights: Tensor, axis: Int, scales: [Float]? = nil, biases: [Double], inputScale: Float,
    onGrid: Bool = true
  ) throws -> QuantizedWeights {
    let half = Double(1 << 30)
    // A little more than needed, for the rounding of the scale and for bias correction.
    var least = biases.map { Float(abs($0) / (Double(inputScale) * half) * 1.01) }
    var quantized = try QuantizedWeights(
      weights, axis: axis, scales: scales, leastScales: least, onGrid: onGrid)
    // Rounding may take a channel of many equal weights over again, so this repeats; each time it shrinks by 1 %.
    for _ in 0..<64 {
      var changed = false
      for channel in quantized.scales.indices {
        let sum = 255 * Double(quantized.magnitude(of: channel))
        guard sum >= half else { continue }
        least[channel] = quantized.scales[channel] * Float(sum / half * 1.01)
        changed = true
      }
      guard changed else { break }
      quantized = try QuantizedWeights(
        weights, axis: axis, scales: scales, leastScales: least, onGrid: onGrid)
    }
    guard quantized.scales.allSatisfy(\.isFinite) else {
      throw GraphError("its bias is too large beside its input's range for 32 bits; check the weights")
    }
    return quantized
  }

  /// The bias of each output channel, alpha and beta applied.
  private func biases(of node: Node, channels: Int) throws -> [Double] {
    try Quantizer.biases(of: node, in: graph, channels: channels)
  }

  static func biases(of node: Node, in graph: Graph, channels: Int) throws -> [Double] {
    guard let tensor = graph.constant(node, 2), let floats = tensor.floats else {
      return Array(repeating: 0, count: channels)
    }
    guard floats.count == channels || floats.count == 1 else {
      throw GraphError("a bias of shape \(tensor.shape) does not fit \(channels) channels")
    }
    guard floats.allSatisfy(\.isFinite) else {
      throw GraphError("its bias is not finite; train or export the model anew")
    }
    return (0..<channels).map { Double(floats[floats.count == 1 ? 0 : $0]) }
  }

  /// Which input channel an element of the weights meets, by its index and output channel.
  private static func inputChannel(_ op: any WeightQuantizable, shape: [Int]) -> (Int, Int) -> Int {
    if let conv = op as? Conv {
      let perGroup = shape[1]
      let taps = shape[2...].reduce(1, *)
      let outputsPerGroup = shape[0] / conv.groups
      return { index, channel in channel / outputsPerGroup * perGroup + index / taps % perGroup }
    }
    if op is ConvTranspose {
      let perInput = shape[1...].reduce(1, *)
      return { index, _ in index / perInput }
    }
    let axis = op.outputChannelAxis(weights: shape)
    return axis == 0 ? { index, _ in index % shape[1] } : { index, _ in index / shape[1] }
  }
}

extension StreamingHistogram {
  /// The share of values outside a range.
  func share(outside range: ClosedRange<Float>) -> Double {
    // A bin's width of tolerance: values at the very end round to the last level.
    let slack = binWidth
    let outside = occupied.reduce(0) { sum, bin in
      let x = center(bin)
      return x < range.lowerBound - slack || x > range.upperBound + slack ? sum + bins[bin] : sum
    }
    return total > 0 ? Double(outside) / Double(total) : 0
  }
}

extension ClosedRange<Float> {
  /// The smallest range that holds both.
  fileprivate func union(_ other: ClosedRange<Float>) -> ClosedRange<Float> {
    Swift.min(lowerBound, other.lowerBound)...Swift.max(upperBound, other.upperBound)
  }
}
