extension RecipeReport {
  public func text(width: Int, colour: Bool) -> String {
    var writer = TextWriter(width: width, colour: colour)
    let total = steps.reduce(0) { $0 + $1.seconds }
    writer.paragraph(
      "\(recipe): \(steps.map(\.name).joined(separator: " → ")), \(Units.seconds(total))", style: .bold)
    writer.gap()
    var table = TextTable([
      .name("", minimum: 4), .name("step", minimum: 30), .number("time"), .name("", minimum: 8),
    ])
    for (index, step) in steps.enumerated() {
      let state = step.state == .unchanged ? "unchanged" : step.state == .resumed ? "resumed" : ""
      table.add([
        .init("\(index + 1)", .dim), .init(step.report.summary(of: step.name)),
        .init(Units.seconds(step.seconds)),
        .init(state, .dim),
      ])
    }
    writer.table(table)
    if let history { history.write(to: &writer) }
    writer.warnings(warnings)
    return writer.text
  }
}

extension RecipeReport.StepReport {
  /// One phrase.
  func summary(of name: String) -> String {
    switch self {
    case .training(let report): report.summary
    case .pruning(let report): report.summary
    case .distillation(let report): report.summary
    case .quantization(let report): "quantized to \(Units.bytes(report.output.bytes))"
    case .evaluation(let report): "\(report.model): \(Units.percent(report.accuracy)) right"
    case .benchmark(let report): "\(report.model): \(Units.microseconds(report.latency.p50)) a run"
    }
  }
}
