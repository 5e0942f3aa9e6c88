import CPith

/// `compress inspect`: what a model file holds, and which part of it would be or is integer.
public enum InspectionJob {
  /// - Throws: one sentence, where the file cannot be opened.
  public static func run(path: String, inputShapes: [String: [Int]] = [:]) throws -> InspectionReport {
    switch try LoadedModel(path: path, inputShapes: inputShapes) {
    case .graph(let graph): try inspect(graph, path: path)
    case .program(let model): inspect(model, path: path)
    }
  }

  private static func inspect(_ graph: Graph, path: String) throws -> InspectionReport {
    var simplified = try Simplify.run(graph).graph
    let placements: [NodeID: PithPasses.Placement]
    if simplified.isQuantized {
      let model = try QuantizedModel(keeping: simplified)
      (simplified, placements) = (model.graph, model.placements)
    } else {
      placements = try Quantizer(simplified).placements
    }
    let statistics = try GraphStatistics(simplified)
    let nodes = simplified.nodes.map { node -> InspectionReport.Node in
      var reason: String?
      if case .float32(let why)? = placements[node.id] { reason = why }
      return InspectionReport.Node(
        name: node.label, op: LayerTable.operators(node),
        outputShape: shape(simplified[node.outputs[0]].type),
        parameters: statistics.parameters[node.id] ?? 0, multiplyAdds: statistics.multiplyAdds[node.id] ?? 0,
        placement: reason == nil ? .int8 : .float32, reason: reason,
        weightDensity: weightDensity(of: node, in: simplified))
    }
    let weights = simplified.parameterCount * 4
    var totals = InspectionReport.Totals(of: nodes)
    // Weights that two nodes share count twice, as in the sum of the nodes' parameters.
    totals.nonzeroParameters = simplified.nodes.reduce(0) { sum, node in
      node.inputs.reduce(sum) { $0 + ($1.flatMap { simplified[$0].constant?.nonzeroCount } ?? 0) }
    }
    return InspectionReport(
      model: path, format: LoadedModel.format(of: path), fileBytes: FileSize.bytes(path),
      inputs: values(graph.inputs, graph),
      outputs: values(graph.outputs, graph), nodes: nodes, totals: totals,
      memory: .init(weightBytes: weights, peakActivationBytes: statistics.peakActivationBytes),
      warnings: nodes.compactMap { node in
        node.reason.map { "'\(node.name)' (\(node.op)) would run in fp32: \($0)" }
      })
  }

  /// Of the largest constant that the node reads: its weights, and not its bias.
  private static func weightDensity(of node: Node, in graph: Graph) -> Double? {
    let constants = node.inputs.compactMap { $0.flatMap { graph[$0].constant } }.filter { $0.floats != nil }
    guard let weights = constants.max(by: { $0.count < $1.count }), weights.count > 1 else { return nil }
    return Double(weights.nonzeroCount) / Double(weights.count)
  }

  private static func values(_ ids: [ValueID], _ graph: Graph) -> [InspectionReport.Value] {
    ids.map {
      InspectionReport.Value(
        name: graph[$0].name, type: graph[$0].type?.element.rawValue ?? "unknown",
        shape: shape(graph[$0].type))
    }
  }

  private static func shape(_ type: ValueType?) -> [InspectionReport.Dimension] {
    (type?.shape.dimensions ?? []).map {
      switch $0 {
      case .fixed(let size): .fixed(size)
      case .symbolic(let name): .symbolic(name)
      }
    }
  }

  private static func inspect(_ model: PithModel, path: String) -> InspectionReport {
    let instructions = (0..<model.instructionCount).map { instruction(model, $0) }
    let nodes = instructions.map {
      InspectionReport.Node(
        name: $0.name, op: $0.opcode, outputShape: $0.outputShape, parameters: 0, multiplyAdds: 0,
        placement: $0.opcode.hasPrefix("f32") ? .float32 : .int8,
        reason: $0.opcode.hasPrefix("f32") ? "it has no integer kernel" : nil)
    }
    let weightBytes = instructions.reduce(0) { $0 + $1.weightBytes }
    func interface(_ values: [PithInterface]) -> [InspectionReport.Value] {
      values.map { .init(name: $0.name, type: "float32", shape: $0.shape.map { .fixed($0) }) }
    }
    var totals = InspectionReport.Totals(of: nodes)
    totals.multiplyAdds = Int(clamping: model.multiplyAdds)
    // Packed weights are padded: their bytes are told, how many of them are parameters is not in the file.
    totals.parameters = 0
    return InspectionReport(
      model: path, format: "pith", fileBytes: model.fileBytes, inputs: interface(model.inputs),
      outputs: interface(model.outputs), nodes: nodes, totals: totals,
      memory: .init(weightBytes: weightBytes, peakActivationBytes: model.arenaBytes),
      instructions: instructions)
  }

  private static func instruction(_ model: PithModel, _ number: Int) -> InspectionReport.Instruction {
    let record = model.instruction(number)
    let output = model.tensor(Int(record.output))
    // The validator leaves alone what an opcode does not name, such as the operands of a fill.
    let first = Int(record.inputs.0)
    let input = first < model.tensorCount ? model.tensor(first) : nil
    let isByte = output.type == UInt8(PITH_U8.rawValue)
    let blocks = model.sparseBlocks(number)
    return InspectionReport.Instruction(
      name: model.text(output.name), opcode: OpcodeName.of(record),
      outputShape: output.sizes.map { .fixed($0) },
      inputScale: input.flatMap { $0.type == UInt8(PITH_U8.rawValue) ? $0.scale : nil },
      outputScale: isByte ? output.scale : nil, outputZeroPoint: isByte ? Int(output.zero_point) : nil,
      weightBytes: model.work(number).weightBytes,
      weightDensity: blocks.map { Double($0.kept) / Double($0.total) },
      plan: model.plan(number).flatMap(PlanText.of))
  }
}
