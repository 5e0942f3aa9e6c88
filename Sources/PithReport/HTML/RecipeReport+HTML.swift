extension RecipeReport {
  /// All steps and the whole history of the network as one page that needs nothing else.
  public func html() -> String {
    let history = self.history ?? NetworkHistory()
    // The recipe's steps stand below with all their figures; what was done before it only in the history.
    let places = Self.places(of: steps, in: history)
    let sections = steps.enumerated().map { section($1, index: $0, place: places[$0]) }
    let anchors = Set(places.compactMap { $0.map { $0 + 1 } })
    return Page(
      title: "\(recipe): applied by \(tool.name)", heading: recipe,
      lead: steps.map(\.name).joined(separator: " → "),
      body: """
        \(Panels.warnings(warnings.map { "<li>\($0)</li>" }))
        \(history.overview(anchors: anchors))
        \(sections)
        <section class="panel single"><h2>The same again</h2><pre><code>\(command)</code></pre></section>
        """,
      tool: tool
    ).text
  }

  private func section(_ step: Step, index: Int, place: Int?) -> Markup {
    let anchor: Markup = place.map { " id=\"step-\($0 + 1)\"" } ?? ""
    let state =
      step.state == .unchanged
      ? ", unchanged since an earlier run" : step.state == .resumed ? ", resumed" : ""
    let body: Markup =
      switch step.report {
      case .training(let report): "\(report.cards)\n\(report.details(id: "\(index)"))"
      case .pruning(let report): "\(report.cards)\n\(report.details(id: "\(index)"))"
      case .distillation(let report): "\(report.cards)\n\(report.details(id: "\(index)"))"
      case .quantization(let report): "\(report.cards)\n\(report.details(id: "\(index)"))"
      case .evaluation(let report): Self.brief(report.text(width: 100, colour: false), step.command)
      case .benchmark(let report): Self.brief(report.text(width: 100, colour: false), step.command)
      }
    return """
      <section class="step"\(anchor)><h2 class="step">\(index + 1) · \(step.name)\
      <span class="took">\(Units.seconds(step.seconds))\(state)</span></h2>
      \(body)
      </section>

      """
  }

  /// A report that has no page of its own.
  private static func brief(_ text: String, _ command: String) -> Markup {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
      "\(String($0))\n" as Markup
    }
    return """
      <section class="panel single"><pre><code>\(lines)</code></pre>\
      <p class="note">\(command)</p></section>
      """
  }
}
