import Foundation
import Testing

@testable import PithReport

/// A network's history on its way through a file.
@Suite struct HistoryTests {
  @Test func survivesTheFile() throws {
    let history = SampleNetworks.distillation.history
    let text = try history.metadata()
    #expect(text.utf8.count < 16_384)
    let back = try #require(NetworkHistory(metadata: text))
    #expect(back.steps.map(\.action) == [.imported, .trained, .pruned, .distilled])
    #expect(back.steps.map(\.summary) == history.steps.map(\.summary))
    #expect(back.steps.map(\.accuracy) == history.steps.map(\.accuracy))
    #expect(back.steps.map(\.settings) == history.steps.map(\.settings))
    #expect(back.steps[2].layers == SampleNetworks.layers)
    #expect(back.steps[2].blocked == SampleNetworks.pruning.blocked)
    #expect(back.steps[3].epochs.count == 40)
    #expect(try back.metadata() == text)
  }

  @Test func holdsNothingThatChangesFromRunToRun() throws {
    var other = SampleNetworks.distillation.history
    for index in other.steps.indices {
      other.steps[index].command = "compress elsewhere /home/someone"
      other.steps[index].seconds = 1
      other.steps[index].figures.latency = Latency(p10: 1, p50: 2, p90: 3)
      other.steps[index].figures.int8Latency = nil
      for epoch in other.steps[index].epochs.indices { other.steps[index].epochs[epoch].seconds = 99 }
    }
    other.steps[3].digest = "00"
    other.steps[3].figures.bytes = 7
    let text = try other.metadata()
    #expect(text == (try SampleNetworks.distillation.history.metadata()))
    for word in ["/home", "seconds", "latency", "command"] { #expect(!text.contains(word), "\(word)") }
  }

  @Test func isBounded() throws {
    var history = SampleNetworks.pruning.history
    let big = SampleNetworks.sparse.layers.map { layer in
      var layer = layer
      layer.name = String(repeating: "long/", count: 60) + layer.name
      return layer
    }
    var step = history.steps[2]
    step.layers = big
    step.epochs = SampleNetworks.epochs(5000, from: 1, to: 0.1, accuracy: 0.5...0.9)
    for _ in 0..<200 { history.steps.append(step) }
    let text = try history.metadata()
    #expect(text.utf8.count <= NetworkHistory.byteLimit)
    let back = try #require(NetworkHistory(metadata: text))
    // The first and the last are there, and what had to go are the older steps' details.
    #expect(back.steps.count == NetworkHistory.stepLimit)
    #expect(back.steps[0].file == "cnn.onnx")
    #expect(back.steps.last?.layers == big)
    #expect(back.steps.last?.epochs.count == 200)
    #expect(back.steps.last?.epochs.first?.epoch == 1 && back.steps.last?.epochs.last?.epoch == 5000)
    #expect(back.steps[1].layers.isEmpty)

    var endless = history
    endless.steps[202].summary = String(repeating: "e\u{301}\u{302}", count: 100_000)
    let short = try endless.metadata()
    #expect(short.utf8.count <= NetworkHistory.byteLimit)
    #expect(NetworkHistory(metadata: short)?.steps.count == 1)
    #expect(try NetworkHistory(metadata: SampleNetworks.hostile.history.metadata()) != nil)
    #expect(try NetworkHistory(metadata: NetworkHistory().metadata()) == NetworkHistory())
  }

  @Test(arguments: [
    "", "{", "[]", "null", "{\"version\":1}", "{\"version\":2,\"steps\":[]}", "{\"version\":0,\"steps\":[]}",
    "{\"version\":1,\"steps\":[{}]}", "{\"version\":1e400,\"steps\":[]}", "\u{0}",
    String(repeating: "[", count: 100_000), String(repeating: " ", count: 300_000),
    "{\"version\":1,\"steps\":[{\"action\":\"x\",\"summary\":\"\",\"file\":\"\",\"settings\":[],\"epochs\":[],"
      + "\"layers\":[],\"blocked\":[],\"rounds\":[],\"figures\":{\"parameters\":99999999999999999999,\"multiplyAdds\":0}}]}",
  ])
  func whatIsNotAHistoryIsRefused(_ text: String) { #expect(NetworkHistory(metadata: text) == nil) }

  @Test func randomDamageIsSurvived() throws {
    let bytes = Array(try SampleNetworks.pruning.history.metadata().utf8)
    var state: UInt64 = 11
    for _ in 0..<300 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      var damaged = bytes
      damaged[Int(state >> 33) % bytes.count] = UInt8(truncatingIfNeeded: state >> 25)
      if let history = NetworkHistory(metadata: String(decoding: damaged, as: UTF8.self)) {
        var report = SampleNetworks.pruning
        report.history = history
        #expect(!report.html().isEmpty)
      }
    }
  }
}
