extension InspectionReport {
  public func text(width: Int, colour: Bool) -> String {
    var writer = TextWriter(width: width, colour: colour)
    // A program holds packed weights, and not how many of their bytes are parameters.
    let parameters = instructions == nil ? Units.counted(totals.parameters, "parameter") + ", " : ""
    writer.paragraph(
      "\(model): \(format), \(Units.bytes(fileBytes)), \(parameters)"
        + "\(Units.count(totals.multiplyAdds)) multiply-adds",
      style: .bold)
    writer.gap()
    var ends = TextTable([
      .name("", minimum: 6), .name("", minimum: 6), .name("", minimum: 7), .name("", minimum: 8),
    ])
    for (kind, values) in [("input", inputs), ("output", outputs)] {
      for value in values {
        ends.add([.init(kind, .dim), .init(value.name), .init(value.type), .init(Self.text(value.shape))])
      }
    }
    writer.table(ends)
    writer.gap()
    writer.paragraph(
      "Memory for one sample: \(Units.bytes(memory.weightBytes)) weights, "
        + "\(Units.bytes(memory.peakActivationBytes)) activations at the peak.")
    if let nonzero = totals.nonzeroParameters, totals.parameters > 0, nonzero < totals.parameters {
      let share = 1 - Double(nonzero) / Double(totals.parameters)
      writer.paragraph(
        "\(Units.smallPercent(share)) of the parameters are zero: \(Units.grouped(nonzero)) are not.")
    }
    if !nodes.isEmpty {
      writer.paragraph(
        "\(Units.counted(totals.nodes, "node")): \(Units.grouped(totals.int8Nodes)) in int8, "
          + "\(Units.grouped(totals.float32Nodes)) in float32.")
      writer.heading("Nodes")
      writer.table(nodeTable)
    }
    if let instructions, !instructions.isEmpty {
      writer.heading("Instructions")
      writer.table(Self.table(instructions))
    }
    writer.floatLayers(
      nodes.filter { $0.placement == .float32 }.map { (LayerNames.shown($0.name), $0.reason) })
    writer.warnings(warnings)
    return writer.text
  }

  /// "[batch, 1, 28, 28]".
  static func text(_ shape: [Dimension]) -> String {
    "[" + shape.map(\.description).joined(separator: ", ") + "]"
  }

  private var nodeTable: TextTable {
    var table = TextTable([
      .name("node", minimum: 10), .name("operator", minimum: 8), .name("output", minimum: 10),
      .number("parameters", dispensable: 1), .number("density", dispensable: 3),
      .number("mul-adds", dispensable: 2), .name("runs in", minimum: 7),
    ])
    for node in nodes {
      table.add([
        .init(LayerNames.shown(node.name)), .init(node.op), .init(Self.text(node.outputShape)),
        .init(instructions == nil ? Units.grouped(node.parameters) : "–"),
        .init(Units.percent(node.weightDensity, 1)),
        .init(Units.count(node.multiplyAdds)),
        .init(node.placement.rawValue, node.placement == .float32 ? .yellow : nil),
      ])
    }
    return table
  }

  private static func table(_ instructions: [Instruction]) -> TextTable {
    let isPlanned = instructions.contains { $0.plan != nil }
    var table = TextTable(
      [
        .name("instruction", minimum: 10), .name("opcode", minimum: 8), .name("output", minimum: 10),
        .number("weights", dispensable: 1), .number("in scale", dispensable: 2), .number("out scale"),
        .number("zero"),
      ] + (isPlanned ? [.name("plan", minimum: 10)] : []))
    for instruction in instructions {
      let plan: [TextTable.Cell] = isPlanned ? [.init(instruction.plan ?? "")] : []
      table.add(
        [
          .init(LayerNames.shown(instruction.name)), .init(instruction.opcode),
          .init(text(instruction.outputShape)),
          .init(
            Units.bytes(instruction.weightBytes)
              + (instruction.weightDensity.map { " (\(Units.percent($0)))" } ?? "")),
          .init(Units.scale(instruction.inputScale)),
          .init(Units.scale(instruction.outputScale)),
          .init(instruction.outputZeroPoint.map(String.init) ?? Units.unknown),
        ] + plan)
    }
    return table
  }
}
