extension QuantizationReport {
  /// The report as one page that needs nothing else: no script, no font, no picture from elsewhere.
  ///
  /// The page is also well-formed XML. All text from the model is escaped, and a content security policy
  /// forbids the page to load or to run anything.
  public func html() -> String {
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
      <title>\(model): quantized by \(tool.name)</title>
      <style>
      \(StyleSheet.css)</style>
      </head>
      <body>
      <header>
      <h1>\(model)</h1>
      <p class="lead">\(leadText)</p>
      </header>
      <main>
      \(cards)
      \(warningsPanel)
      <div class="pair">
      \(bytesPlot)
      \(noisePlot)
      </div>
      <div class="pair">
      \(accuracyPlot)
      \(workPanel)
      </div>
      \(layersPanel)
      \(settings)
      </main>
      <footer>Made by \(tool.name) \(tool.version). 1 KB is 1,024 bytes. Intervals are at 95 %: Wilson’s for \
      an accuracy, the paired one of Agresti and Min for a difference.</footer>
      </body>
      </html>

      """
    return page.text
  }

  private var leadText: String {
    let layers = Units.counted(layers.count, "layer")
    return "\(layers), quantized after training by \(method) on \(Units.counted(samples, "sample"))"
  }

  // MARK: Cards

  private var cards: Markup {
    """
    <section class="cards" aria-label="Summary">
    \(card("Size", was: Units.bytes(input.bytes), now: Units.bytes(output.bytes), sizeNote))
    \(accuracyCard)
    \(latencyCard)
    \(layersCard)
    </section>
    """
  }

  private func card(_ title: String, was: String?, now: String, _ notes: Markup) -> Markup {
    let before: Markup =
      was.map { "<span class=\"was\">\($0) <span aria-label=\"to\">→</span></span> " } ?? ""
    return """
      <section class="panel"><h2>\(title)</h2><p class="big">\(before)\(now)</p>\(notes)</section>
      """
  }

  private var sizeNote: Markup {
    "<p>\(ratioText)</p><p>\(Units.bytes(memory.arenaBytes)) working memory at run time</p>"
  }

  private var accuracyCard: Markup {
    guard let accuracy = measuredAccuracy else {
      return card("Accuracy", was: nil, now: "not measured", "<p>Add --eval DATA to measure it.</p>")
    }
    let tone = accuracy.pairedDifference.isWithinNoise ? "" : accuracy.difference < 0 ? "low" : "good"
    return card(
      "Accuracy", was: Units.percent(accuracy.fp32.accuracy), now: Units.percent(accuracy.int8.accuracy),
      """
      <p class="\(tone)">\(Units.points(accuracy.difference)), \(accuracy.verdict)</p>\
      <p>Interval of the difference: \(accuracy.differenceRange)</p>\
      <p>int8 \(Units.range(accuracy.int8.interval)), fp32 \(Units.range(accuracy.fp32.interval))</p>\
      <p>Same class for \(Units.percent(accuracy.agreement))</p>
      """)
  }

  private var latencyCard: Markup {
    guard let latency else {
      return card("Latency", was: nil, now: "not measured", "<p>compress bench measures it.</p>")
    }
    return card(
      "Latency", was: Units.microseconds(latency.fp32.p50), now: Units.microseconds(latency.int8.p50),
      """
      <p>\(speedup.map(Units.speed) ?? Units.unknown) at the median</p>\
      <p>int8 \(Units.range(latency.int8)) \(Units.latencyUnit(latency.int8).name), 10th to 90th percentile</p>\
      <p>\(latency.isa), \(Units.counted(latency.threads, "thread"))</p>
      """)
  }

  private var layersCard: Markup {
    let share = int8Share.map { "\(Units.percent($0, 1)) of the multiply-adds run in int8" } ?? ""
    let noise = outputNoise.map { "\(Units.decibels($0)) signal to noise at the output" } ?? ""
    return card(
      "Layers in int8", was: nil, now: "\(Units.grouped(int8Count)) of \(Units.grouped(layers.count))",
      "<p>\(share)</p><p>\(noise)</p>")
  }

  // MARK: Warnings

  private var warningsPanel: Markup {
    let floats = ReasonGroup.groups(floatLayers).map { group -> Markup in
      let shown = group.names.prefix(20).joined(separator: ", ")
      let more = group.names.count > 20 ? " and \(Units.grouped(group.names.count - 20)) more" : ""
      return "<li>In float32: <strong>\(shown)</strong>\(more): \(group.reason)</li>"
    }
    let others = warnings.map { "<li>\($0)</li>" as Markup }
    guard !floats.isEmpty || !others.isEmpty else { return "" }
    return """
      <section class="panel warn"><h2>Worth knowing</h2><ul>\(floats)\(others)</ul></section>
      """
  }

  // MARK: Settings

  private var settings: Markup {
    let onOff = { (value: Bool) in value ? "on" : "off" }
    let pairs: [(String, String)] = [
      ("Input", "\(input.path) (\(input.format), \(Units.grouped(input.bytes)) bytes)"),
      ("Output", "\(output.path) (\(Units.grouped(output.bytes)) bytes)"),
      ("Ranges", "\(method), \(Units.counted(samples, "sample"))"),
      ("Equalization", onOff(options.equalization)),
      ("Bias correction", onOff(options.biasCorrection)),
      ("Memory", "\(Units.bytes(memory.weightBytes)) weights, \(Units.bytes(memory.arenaBytes)) arena"),
    ]
    return """
      <section class="panel single"><h2>Settings</h2><p class="note">The same file again:</p>\
      <pre><code>\(command)</code></pre>\(list(pairs))</section>
      """
  }

  private var workPanel: Markup {
    let stages = seconds.map { ($0.stage, Units.seconds($0.seconds)) }
    let rules = passes.map { ($0.rule, Units.grouped($0.count)) }
    return """
      <section class="panel"><h2>What was done</h2>\
      \(titled("Rules that applied", list(rules), rules.isEmpty))\
      \(titled("Time taken", list(stages), stages.isEmpty))</section>
      """
  }

  private func list(_ pairs: [(String, String)]) -> Markup {
    let items = pairs.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" as Markup }
    return pairs.isEmpty ? "" : "<dl>\(items)</dl>"
  }

  private func titled(_ title: String, _ body: Markup, _ isEmpty: Bool) -> Markup {
    isEmpty ? "<p class=\"note\">\(title): nothing recorded.</p>" : "<p class=\"note\">\(title)</p>\(body)"
  }
}
