extension EvaluationReport {
  public func text(width: Int, colour: Bool) -> String {
    var writer = TextWriter(width: width, colour: colour)
    writer.paragraph(
      "\(model): \(Units.percent(accuracy)) right, \(Units.grouped(correct)) of "
        + "\(Units.counted(samples, "sample")) (95 %: \(Units.range(interval)))",
      style: .bold)
    let loss = loss.map { "Mean cross-entropy \(Units.fixed($0, 4)). " } ?? ""
    writer.paragraph(
      loss + "\(Units.seconds(seconds)), \(Units.count(Int(clamping: samplesPerSecond))) samples a second.")
    if !classes.isEmpty {
      writer.gap()
      var table = TextTable([.name("class", minimum: 10), .number("samples"), .number("recall")])
      for item in classes {
        table.add([.init(item.label), .init(Units.grouped(item.samples)), .init(Units.percent(item.recall))])
      }
      writer.table(table)
    }
    return writer.text
  }
}

extension Int {
  /// The nearest integer, also where the number is out of range or none.
  init(clamping value: Double) {
    if let exact = Int(exactly: value.rounded()) {
      self = exact
    } else {
      self = value.isNaN ? 0 : value < 0 ? .min : .max
    }
  }
}
