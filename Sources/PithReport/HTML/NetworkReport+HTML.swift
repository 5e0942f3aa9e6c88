extension NetworkReport {
  /// The report, and the whole history of the network, as one page that needs nothing else.
  public func html() -> String {
    Page(
      title: "\(model): \(summary)", heading: model, lead: lead,
      body: """
        \(cards)
        \(history.overview(anchors: history.earlierAnchors.union([history.steps.count])))
        <section id="step-\(history.steps.count)">
        \(details(id: "last"))
        </section>
        \(history.earlierSections)
        """,
      tool: tool
    ).text
  }

  private var lead: String { summary + teacherNote }

  private var teacherNote: String {
    (self as? DistillationReport).map { "; the student is \($0.origin)" } ?? ""
  }

  /// Everything but the cards and the history.
  /// - Parameter id: what marks this section's parts on the page.
  func details(id: String) -> Markup {
    let changes = LayerChanges(layers: layers)
    return """
      \(Panels.warnings(warnings.map { "<li>\($0)</li>" }))
      \(PruningPanels.blocked(blocked))\
      \(Panels.pair(LearningCurves(epochs: epochs, accuracyBefore: accuracy?.before?.accuracy).figures))
      \((self as? DistillationReport)?.teaching(id: id) ?? "")
      \(PruningPanels.rounds(rounds, id: "rounds-\(id)"))
      \(Panels.pair(changes.figures))
      \(changes.table(id: "layers-\(id)"))
      \(Panels.settings(command: command, settingPairs))
      """
  }

  private var settingPairs: [(String, String)] {
    var pairs: [(String, String)] = [
      ("Input", "\(input.path) (\(input.format), \(Units.grouped(input.bytes)) bytes)"),
      ("Output", "\(output.path) (\(Units.grouped(output.bytes)) bytes)"),
    ]
    if let evaluationData { pairs.append(("Evaluation data", evaluationData)) }
    pairs += settings.map { ($0.name, $0.value) }
    if !seconds.isEmpty {
      let total = seconds.reduce(0) { $0 + $1.seconds }
      let stages = seconds.map { "\($0.stage) \(Units.seconds($0.seconds))" }.joined(separator: ", ")
      pairs.append(("Time taken", "\(Units.seconds(total)): \(stages)"))
    }
    return pairs
  }

  // MARK: Cards

  var cards: Markup { Panels.cards([accuracyCard, sizeCard, workCard, latencyCard]) }

  private var accuracyCard: Markup {
    guard let accuracy, accuracy.after.samples > 0 else {
      return Panels.card("Accuracy", was: nil, now: "not measured", "<p>Add --eval DATA to measure it.</p>")
    }
    let after = Units.range(accuracy.after.interval)
    var notes: Markup = "<p>Interval: \(after), \(Units.counted(accuracy.after.samples, "sample"))</p>"
    if let paired = accuracy.pairedDifference {
      let tone = paired.isWithinNoise ? "" : paired.difference < 0 ? "low" : "good"
      notes = """
        <p class="\(tone)">\(Units.points(100 * paired.difference)), \(paired.verdict)</p>\
        <p>Interval of the difference: \(paired.range)</p>\(notes)
        """
    } else if let difference = accuracy.difference {
      notes = "<p>\(Units.points(difference))</p>\(notes)"
    }
    return Panels.card(
      "Accuracy", was: accuracy.before.map { Units.percent($0.accuracy) },
      now: Units.percent(accuracy.after.accuracy), notes)
  }

  private var sizeCard: Markup {
    let zeros = after.sparsity.flatMap { share in
      share >= 0.0005 ? "\(Units.percent(share, 1)) of the parameters are zero" : nil
    }
    let was = before?.bytes ?? (input.bytes > 0 ? input.bytes : nil)
    return Panels.card(
      "Size", was: was.map(Units.bytes), now: Units.bytes(output.bytes),
      """
      <p>\(Units.grouped(after.parameters)) parameters\(share(before?.parameters, after.parameters))</p>\
      <p>\(zeros ?? "")</p>
      """)
  }

  private var workCard: Markup {
    Panels.card(
      "Multiply-adds", was: before.map { Units.count($0.multiplyAdds) }, now: Units.count(after.multiplyAdds),
      "<p>for one sample\(share(before?.multiplyAdds, after.multiplyAdds))</p>")
  }

  /// ", 0.348 of before".
  private func share(_ before: Int?, _ after: Int) -> String {
    guard let before, before > 0, before != after else { return "" }
    return ", \(Units.fixed(Double(after) / Double(before), 3)) of before"
  }

  private var latencyCard: Markup {
    guard let now = after.int8Latency ?? after.latency else {
      return Panels.card("Latency", was: nil, now: "not measured", "<p>compress bench measures it.</p>")
    }
    let isInteger = after.int8Latency != nil
    let was = isInteger ? before?.int8Latency : before?.latency
    let ratio = was.flatMap { now.p50 > 0 ? Units.speed($0.p50 / now.p50) : nil }
    let other = after.latency.flatMap { isInteger ? "fp32: \(Units.microseconds($0.p50))" : nil }
    return Panels.card(
      isInteger ? "Latency in int8" : "Latency in fp32", was: was.map { Units.microseconds($0.p50) },
      now: Units.microseconds(now.p50),
      """
      <p>\(ratio.map { $0 + " at the median, one sample" } ?? "one sample, one thread")</p>\
      <p>\(Units.range(now)) \(Units.latencyUnit(now).name), 10th to 90th percentile</p>\
      <p>\(other ?? "")</p>
      """)
  }
}

extension DistillationReport {
  /// Who taught, and what the student was compared with.
  func teaching(id: String) -> Markup {
    let rows = teachers.map { teacher in
      """
      <tr><th scope="row" class="text wrap">\(teacher.path)</th>\
      <td>\(Units.percent(teacher.accuracy?.accuracy))</td>\
      <td>\(Units.grouped(teacher.figures.parameters))</td><td>\(Units.count(teacher.figures.multiplyAdds))</td>\
      <td>\(teacher.figures.bytes.map(Units.bytes) ?? Units.unknown)</td></tr>

      """ as Markup
    }
    let table = Panels.table(
      "Teachers", id: "teachers-\(id)",
      columns: [
        ("Teacher", true), ("Accuracy", false), ("Parameters", false), ("Multiply-adds", false),
        ("File", false),
      ], rows: rows)
    let pairs = terms.map { term in
      (
        term.kind,
        "weight \(Units.significant(term.weight))" + (term.detail.isEmpty ? "" : ", \(term.detail)")
      )
    }
    return """
      \(table)
      <section class="panel single"><h2>Compared with the teachers</h2>\(Panels.list(pairs))</section>
      """
  }
}
