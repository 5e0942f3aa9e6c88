import PithGraph

/// A quantized model as a graph that can be trained: in fp32, with every number rounded where the integer program
/// rounds it (Jacob et al., "Quantization and Training of Neural Networks for Efficient Integer-Arithmetic-Only
/// Inference", 2018, section 3).
///
///     let aware = try QuantizationAwareGraph(model)       // of post-training quantization
///     let trained = …                                     // aware.graph with its constants trained
///     let better = try aware.model(trained: trained)      // lowers as any other
///
/// What is rounded: the weights of integer layers, to −127…127 with a scale per output channel; and every value that the
/// program stores as bytes, after its fused activation. Nodes that stay in fp32 read and write what they do on the
/// device. The scales are learned with the weights (Esser et al., "Learned Step Size Quantization", 2020), starting from
/// those that calibration chose; zero points stay, so that 0 stays exact and a range keeps its proportions. Ranges that an
/// operator fixes stay too. Biases train unrounded: their unit, the product of two scales, is far below what an output's
/// rounding lets be seen, and the program rounds them at the end.
///
/// Batch norm is already part of the layers before it, as everywhere after `Simplify`: what is trained is what ships.
/// Jacob et al. (section 3.2) keep batch statistics while training, which makes the scales jump from step to step;
/// Krishnamoorthi ("Quantizing deep convolutional networks for efficient inference", 2018, section 3.2.2) finds it best to
/// freeze them after a while. A network that comes here is trained already, so they are frozen from the start.
public struct QuantizationAwareGraph: Sendable {
  /// What training starts from.
  public let model: QuantizedModel
  /// The same identifiers as the model's graph, with `FakeQuantize` nodes between.
  public let graph: Graph
  /// The `FakeQuantize` node of each layer's weights, and of each value stored as bytes with a scale of its own.
  let weightRounding: [NodeID: NodeID]
  let activationRounding: [ValueID: NodeID]

  /// - Throws: `GraphError` where the model lacks a weight or a range.
  public init(_ model: QuantizedModel) throws {
    var builder = try Builder(model)
    for node in model.graph.nodes {
      do {
        try builder.add(node)
      } catch let error as GraphError {
        throw GraphError(node: error.node ?? node.label, error.message)
      }
    }
    self.model = model
    graph = try builder.finished()
    weightRounding = builder.weightRounding
    activationRounding = builder.activationRounding
  }
}

extension QuantizationAwareGraph {
  /// Puts the graph together, node by node.
  private struct Builder {
    let model: QuantizedModel
    /// Every size known, for a batch of one.
    let shapes: Graph
    var graph: Graph
    var weightRounding: [NodeID: NodeID] = [:]
    var activationRounding: [ValueID: NodeID] = [:]
    /// A value as it is stored in bytes.
    private var stored: [ValueID: ValueID] = [:]
    /// Values that exist in no other form: what an integer node computes.
    private var onlyStored: Set<ValueID> = []
    /// What a layer adds something to before it rounds.
    private let unrounded: Set<ValueID>

    init(_ model: QuantizedModel) throws {
      self.model = model
      unrounded = Set(try model.unroundedSums().values.flatMap(\.unrounded))
      shapes = try model.graph.specialized(batch: 1)
      graph = model.graph
      graph.replaceNodes([])
    }

    mutating func add(_ node: Node) throws {
      var node = node
      guard model.placements[node.id] == .integer, let op = node.op as? any Quantizable else {
        node.inputs = node.inputs.map { id in
          id.flatMap { onlyStored.contains($0) ? stored[$0] : $0 }
        }
        append(node)
        return
      }
      for index in node.inputs.indices.prefix(op.byteOperandCount) {
        guard let id = node.inputs[index], model.activations[id] != nil else { continue }
        node.inputs[index] = try bytes(id)
      }
      if let op = op as? any WeightQuantizable { try roundWeights(of: &node, op) }
      append(node)
      for output in node.outputs where model.activations[output] != nil {
        onlyStored.insert(output)
        // Bytes that are moved or compared are rounded already.
        if unrounded.contains(output) {
          stored[output] = output
        } else if case .sameAsOperand = op.outputRange {
          stored[output] = output
        } else {
          _ = try bytes(output, of: op)
        }
      }
    }

    /// A value as bytes: itself, rounded.
    private mutating func bytes(_ id: ValueID, of op: (any Quantizable)? = nil) throws -> ValueID {
      if let known = stored[id] { return known }
      guard let parameters = model.activations[id] else {
        throw GraphError("value '\(graph[id].name)' has no calibrated range")
      }
      if let constant = graph[id].constant {
        let rounded = try roundedConstant(constant, parameters, name: graph[id].name)
        stored[id] = rounded
        return rounded
      }
      var isFixed = false
      if case .fixed? = op?.outputRange { isFixed = true }
      let count = shapes[id].type?.shape.elementCount ?? 1
      let levels = 0...255
      let rounding = FakeQuantize(
        levels: levels, zeroPoint: parameters.zeroPoint, units: [parameters.scale],
        gradientScale: Self.gradientScale(count, levels, parameters.zeroPoint), learnsScale: !isFixed)
      let (value, node) = insert(rounding, id)
      stored[id] = value
      if !isFixed { activationRounding[id] = node }
      return value
    }

    /// Constants beside activations are no weights: they are rounded once. One number becomes part of a table as it is.
    private mutating func roundedConstant(
      _ constant: Tensor, _ parameters: QuantizationParameters, name: String
    ) throws -> ValueID {
      guard let floats = constant.floats else {
        throw GraphError("constant '\(name)' is \(constant.element.rawValue), but must be float32")
      }
      let rounded = floats.count == 1 ? floats : floats.map { parameters.real(parameters.quantized($0)) }
      return graph.addConstant(name, Tensor(shape: constant.shape, floats: rounded))
    }

    private mutating func roundWeights(of node: inout Node, _ op: any WeightQuantizable) throws {
      let id = try graph.operand(node, 1)
      guard let constant = graph[id].constant, let quantized = model.weights[node.id],
        let biases = model.biases[node.id],
        let x = model.activations[try model.graph.operand(originalOf(node), 0)]
      else { throw GraphError("its weights or its input's range are missing") }
      let count = constant.count / Swift.max(1, quantized.scales.count)
      let levels = -127...127
      let rounding = FakeQuantize(
        axis: op.outputChannelAxis(weights: constant.shape), levels: levels, units: quantized.scales,
        gradientScale: Self.gradientScale(count, levels, 0))
      let (value, rounded) = insert(rounding, id)
      node.inputs[1] = value
      weightRounding[node.id] = rounded
      // Bias correction is where training starts, and gives a bias to layers that have none.
      guard type(of: node.op).operandCount.contains(3), biases.contains(where: { $0 != 0 }) else { return }
      let floats = biases.indices.map {
        Float(Double(biases[$0]) * Double(x.scale) * Double(quantized.scales[$0]))
      }
      let old = node.inputs.count > 2 ? node.inputs[2] : nil
      let name = old.map { graph[$0].name } ?? "\(graph[id].name)_bias"
      let bias = graph.addConstant(name, Tensor(shape: [floats.count], floats: floats))
      node.inputs = [node.inputs[0], node.inputs[1], bias]
    }

    private func originalOf(_ node: Node) -> Node { model.graph.node(node.id) ?? node }

    private mutating func insert(_ op: FakeQuantize, _ id: ValueID) -> (ValueID, NodeID) {
      let name = graph[id].name
      let steps = graph.addConstant(
        "\(name)_step", Tensor(shape: [op.units.count], floats: Array(repeating: 1, count: op.units.count)))
      let value = graph.addValue("\(name)_rounded")
      return (value, graph.addNode(op, inputs: [id, steps], outputs: [value], name: "\(name)_rounding"))
    }

    private mutating func append(_ node: Node) { graph.replaceNodes(graph.nodes + [node]) }

    private static func gradientScale(_ count: Int, _ levels: ClosedRange<Int>, _ zeroPoint: Int) -> Float {
      let reach = Swift.max(levels.upperBound - zeroPoint, zeroPoint - levels.lowerBound)
      return Float(1 / (Double(Swift.max(1, count)) * Double(Swift.max(1, reach))).squareRoot())
    }

    mutating func finished() throws -> Graph {
      graph.replaceOutputs(
        model.graph.outputs.map { onlyStored.contains($0) ? stored[$0] ?? $0 : $0 })
      try graph.inferTypes()
      try graph.verify()
      return graph
    }
  }
}
