import Foundation
import Testing

@testable import PithReport

@Suite struct NetworkReportTests {
  /// Reports by the JSON keys that scripts read.
  @Test func keysAreStable() throws {
    func keys(_ report: some Report) throws -> Set<String> {
      let object = try JSONSerialization.jsonObject(with: Data(try report.json().utf8)) as? [String: Any]
      return Set(try #require(object).keys)
    }
    let common: Set<String> = [
      "tool", "command", "model", "input", "output", "settings", "accuracy", "evaluationData", "before",
      "after",
      "epochs", "warnings", "seconds", "history",
    ]
    #expect(
      try keys(SampleNetworks.training)
        == common.union(["initialization", "samples", "bestEpoch", "stoppedEarly", "resumedEpochs"]))
    #expect(
      try keys(SampleNetworks.pruning)
        == common.union(["structure", "target", "rounds", "layers", "blocked"]))
    #expect(
      try keys(SampleNetworks.distillation) == common.union(["teachers", "origin", "terms", "layers"]))
    #expect(try keys(SampleNetworks.recipe) == ["tool", "command", "recipe", "steps", "warnings", "history"])
    #expect(try keys(SampleNetworks.fineTuned).isSuperset(of: ["fineTuning", "history"]))
  }

  @Test func survivesARoundTrip() throws {
    func roundTrips<R: Report & Equatable>(_ report: R) throws {
      #expect(try JSONDecoder().decode(R.self, from: Data(try report.json().utf8)) == report)
    }
    try roundTrips(SampleNetworks.training)
    try roundTrips(SampleNetworks.pruning)
    try roundTrips(SampleNetworks.distillation)
    try roundTrips(SampleNetworks.fineTuned)
    let text = try SampleNetworks.recipe.json()
    let back = try JSONDecoder().decode(RecipeReport.self, from: Data(text.utf8))
    #expect(try back.json() == text)
    for report in SampleNetworks.all { #expect(!(try report.json()).contains("nonfinite")) }
  }

  @Test func differencesOfAccuracy() {
    let change = AccuracyChange(
      samples: 200, bothRight: 150, onlyBeforeRight: 8, onlyAfterRight: 2, agreeing: 185)
    #expect(change.before?.correct == 158 && change.after.correct == 152)
    #expect(abs((change.difference ?? 0) + 3) < 1e-9 && change.agreement == 0.925)
    #expect(change.pairedDifference == PairedDifference(onlyFirst: 8, onlySecond: 2, samples: 200))
    let alone = AccuracyChange(after: Accuracy(correct: 1, samples: 2))
    #expect(alone.difference == nil && alone.pairedDifference == nil)
  }

  @Test func summariesSayWhatWasDone() {
    #expect(SampleNetworks.pruning.summary == "channels pruned to 34.9\u{A0}% of the multiply-adds")
    #expect(SampleNetworks.sparse.summary == "blocks of weights pruned: 74.6\u{A0}% of all are zero")
    #expect(SampleNetworks.training.summary == "trained for 30\u{A0}epochs from a fresh initialization")
    #expect(
      SampleNetworks.distillation.summary == "distilled for 40\u{A0}epochs from trained.onnx, other.onnx")
  }

  @Test func aPageShowsTheWholeHistory() throws {
    let page = try PageReader.read(SampleNetworks.fineTuned.html())
    // Every step with its figures, and those with details once more in full.
    for part in [
      "imported", "trained for 30", "channels pruned to 34.9", "distilled for 40",
      "quantized to int8, fine-tuned",
      "92.46\u{A0}%", "92.20\u{A0}%", "90.81\u{A0}%", "372\u{A0}KB", "142\u{A0}KB", "16.2\u{A0}KB", "1/22.9",
      "its outputs are outputs of the network", "taylor", "Quantization-aware training", "int8 without it",
    ] { #expect(page.text.contains(part), "\(part)") }
    let links = page.elements.compactMap { $0.attributes["href"] }
    #expect(links == ["#step-2", "#step-3", "#step-4", "#step-5"])
    let ids = page.elements.compactMap { $0.attributes["id"] }
    for link in links { #expect(ids.contains(String(link.dropFirst())), "\(link)") }
    #expect(Set(ids).count == ids.count)
    // Of each network whose accuracy and size are known, a point in the plot.
    let marks = page.elements.count { $0.name == "circle" && $0.attributes["r"] == "5.5" }
    #expect(marks >= 4)
  }

  @Test func aRecipesPageHasASectionForEachStep() throws {
    let page = try PageReader.read(SampleNetworks.recipe.html())
    for part in [
      "1 · train", "2 · prune", "3 · distill", "4 · quantize", "5 · eval", "6 · bench", "unchanged since",
      "resumed", "354 GOP/s",
    ] { #expect(page.text.contains(part), "\(part)") }
    let ids = page.elements.compactMap { $0.attributes["id"] }
    #expect(Set(ids).count == ids.count)
    for link in page.elements.compactMap({ $0.attributes["href"] }) {
      #expect(ids.contains(String(link.dropFirst())))
    }
    #expect(SampleNetworks.recipe.history?.steps.count == 5)
    // Measured after all steps, the latencies are in each one's report.
    var report = SampleNetworks.recipe
    report.history?.steps[2].figures.latency = Latency(p10: 1, p50: 2, p90: 3)
    report.distributeLatencies(isa: "avx2")
    guard case .pruning(let pruning) = report.steps[1].report,
      case .distillation(let student) = report.steps[2].report
    else {
      Issue.record("other reports")
      return
    }
    #expect(pruning.after.latency?.p50 == 2)
    // The student is another network than the one before it, whose latency is not its.
    #expect(student.before?.parameters != pruning.after.parameters && student.before?.latency?.p50 != 2)
  }

  @Test func barsShowWhatChanged() throws {
    let channels = try PageReader.read(SampleNetworks.pruning.html()).text
    #expect(channels.contains("Channels by layer") && channels.contains("128 → 78"))
    #expect(channels.contains("Multiply-adds by layer") && !channels.contains("Zeros by layer"))
    let sparse = try PageReader.read(SampleNetworks.sparse.html()).text
    #expect(!sparse.contains("Channels by layer") && sparse.contains("Zeros by layer"))
    #expect(sparse.contains("The 80 largest of 90 are shown.") && sparse.contains("Zeros by epoch"))
  }

  @Test func longTrainingsAreThinned() throws {
    var report = SampleNetworks.training
    report.epochs = SampleNetworks.epochs(10_000, from: 1, to: 0.1, accuracy: 0.5...0.9)
    let html = report.html()
    #expect(html.utf8.count < 400_000)
    #expect(NetworkHistory.thinned(report.epochs).count == 200)
    let text = report.text(width: 100, colour: false)
    #expect(text.split(separator: "\n").count < 60 && text.contains("10,000"))
  }

  @Test func ticksOfTheNewAxes() {
    #expect(Ticks.whole(from: 1, to: 5).ticks.map(\.label) == ["1", "2", "3", "4", "5"])
    #expect(Ticks.whole(from: 1, to: 200).ticks.map(\.label) == ["50", "100", "150", "200"])
    #expect(
      Ticks.counts(to: 3_700_000).ticks.map(\.label) == ["0", "1.00\u{A0}M", "2.00\u{A0}M", "3.00\u{A0}M"])
    #expect(Ticks.plain(from: 0.12, to: 0.31).ticks.map(\.label) == ["0.15", "0.20", "0.25", "0.30"])
    #expect(
      Ticks.logarithmicBytes(from: 16_640, to: 384_113).ticks.map(\.label)
        == ["20 KB", "50 KB", "100 KB", "200 KB"])
    #expect(
      Ticks.logarithmicBytes(from: 2000, to: 2600).ticks.map(\.label) == ["2.0 KB", "2.2 KB", "2.4 KB"])
    for (low, high) in [(0, 0), (-1, 5), (1, .infinity), (.nan, 2), (1, 1e300), (5, 1)] as [(Double, Double)]
    {
      #expect(Ticks.logarithmicBytes(from: low, to: high).ticks.count <= 7)
      #expect((0...12).contains(Ticks.whole(from: low, to: high).ticks.count))
      #expect((0...12).contains(Ticks.plain(from: low, to: high).ticks.count))
      #expect((0...12).contains(Ticks.counts(to: high).ticks.count))
    }
  }
}
