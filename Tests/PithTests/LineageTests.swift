import Foundation
import Pith
import PithTestSupport
import Testing

/// How a network's history gets from file to file.
@Suite struct LineageTests {
  private func graph(metadata text: String?) throws -> Graph {
    var graph = try ONNXImporter.read(path: Networks.path("dense"))
    graph.metadata["author"] = "somebody"
    if let text { graph.metadata[NetworkHistory.metadataKey] = text }
    return graph
  }

  @Test func aFileWithoutHistoryBeginsOne() throws {
    let lineage = try Lineage(of: try graph(metadata: nil), path: Networks.path("dense"))
    #expect(lineage.warnings.isEmpty && lineage.history.steps.count == 1)
    let step = try #require(lineage.history.steps.first)
    #expect(step.action == .imported && step.file == "dense.onnx")
    let size = try Data(contentsOf: URL(filePath: Networks.path("dense"))).count
    #expect(step.figures.bytes == size && step.figures.parameters == 235_146)
    #expect(step.figures.multiplyAdds == 784 * 256 + 256 * 128 + 128 * 10)
    #expect(step.digest == (try SHA256.hexadecimal(ofFile: Networks.path("dense"))))
  }

  /// A history is written, read, gone on with, and dropped where it no longer fits.
  @Test func goesThroughFiles() throws {
    let folder = try TemporaryFolder()
    let source = try graph(metadata: nil)
    var lineage = try Lineage(of: source, path: Networks.path("dense"))
    lineage.measured(Accuracy(correct: 3, samples: 4), on: "/data/images.idx.gz,/data/labels.idx.gz")
    var first = report(to: folder.path("a.onnx"))
    first = try NetworkWriter.write(
      source, first, as: .trained, lineage: lineage, to: folder.path("a.onnx"), reportPath: nil)
    #expect(first.history.steps.map(\.action) == [.imported, .trained])
    #expect(first.output.bytes == FileManager.default.contents(atPath: folder.path("a.onnx"))?.count)
    #expect(first.history.steps[0].evaluationData == "images.idx.gz")

    let read = try ONNXImporter.read(path: folder.path("a.onnx"))
    #expect(read.metadata["author"] == "somebody")
    let next = try Lineage(of: read, path: folder.path("a.onnx"))
    #expect(next.warnings.isEmpty && next.history.steps.map(\.action) == [.imported, .trained])
    #expect(next.history.steps[1].digest == (try SHA256.hexadecimal(ofFile: folder.path("a.onnx"))))
    #expect(next.history.steps[1].figures.bytes == first.output.bytes)

    // With a page, whatever is near is timed; the file stays the same.
    let page = folder.path("b.html")
    let second = try NetworkWriter.write(
      read, report(to: folder.path("b.onnx")), as: .trained, lineage: next, to: folder.path("b.onnx"),
      reportPath: page)
    #expect(second.history.steps.count == 3)
    #expect(
      second.history.steps[1].figures.latency != nil && second.history.steps[2].figures.int8Latency != nil)
    #expect(second.history.steps[0].figures.latency == nil)
    #expect(try String(contentsOfFile: page, encoding: .utf8).contains("trained for 1\u{A0}epoch"))
    let bytes = try Data(contentsOf: URL(filePath: folder.path("b.onnx")))
    _ = try NetworkWriter.write(
      read, report(to: folder.path("b.onnx")), as: .trained, lineage: next, to: folder.path("b.onnx"),
      reportPath: nil)
    #expect(try Data(contentsOf: URL(filePath: folder.path("b.onnx"))) == bytes)

    // Another network with the same history was made elsewhere.
    var other = try ONNXImporter.read(path: Networks.path("cnn"))
    other.metadata = read.metadata
    #expect(
      try Lineage(of: other, path: Networks.path("cnn")).history.steps.map(\.summary).last
        == "changed by another program")
  }

  private func report(to path: String) -> TrainingReport {
    TrainingReport(
      tool: .init(name: "pith", version: "0"), command: "compress train", model: "dense.onnx",
      input: .init(path: "dense.onnx", bytes: 1, format: "onnx"), output: .init(path: path, bytes: 0),
      settings: [Setting("epochs", 1)], initialization: "weights", samples: 1,
      after: NetworkFigures(parameters: 235_146, multiplyAdds: 784 * 256 + 256 * 128 + 128 * 10),
      epochs: [Epoch(epoch: 1, trainingLoss: 0.5)])
  }

  @Test(arguments: [
    "", "{", "null", "{\"version\":9,\"steps\":[]}", String(repeating: "[", count: 50_000),
    String(repeating: "x", count: 2 << 20),
  ])
  func brokenHistoriesAreLeftOutWithAWarning(_ text: String) throws {
    let folder = try TemporaryFolder()
    let model = folder.path("net.onnx")
    try ONNXExporter.write(try graph(metadata: text), to: model)
    let report = try QuantizationJob(
      try Networks.request(model, samples: 8, to: folder.path("net.pith"))
    ).run()
    // What is longer than any metadata that are kept is not there at all.
    let isKept = text.utf8.count < 1 << 20
    #expect(report.warnings.contains { $0.contains("its history") && $0.contains("net.onnx") } == isKept)
    #expect(report.history?.steps.map(\.action) == [.imported, .quantized])
  }

  @Test func layersAreComparedByName() throws {
    let before = try ONNXImporter.read(path: Networks.path("dense"))
    var after = before
    for node in before.nodes where node.op is Gemm {
      guard let id = node.inputs[1], let weights = before[id].constant, let floats = weights.floats else {
        continue
      }
      let halved = floats.enumerated().map { $0.offset % 2 == 0 ? 0 : $0.element }
      after.update(id) { $0.constant = Tensor(shape: weights.shape, floats: halved) }
    }
    let changes = try LayerChange.between(before, after)
    #expect(
      changes.map(\.before.channels) == [256, 128, 10] && changes.map(\.after.channels) == [256, 128, 10])
    #expect(changes.map(\.before.multiplyAdds) == [784 * 256, 256 * 128, 1280])
    for change in changes { #expect(abs((change.after.sparsity ?? 0) - 0.5) < 0.01, "\(change.name)") }
    let figures = try NetworkFigures(of: after)
    #expect(abs((figures.sparsity ?? 0) - 0.5) < 0.01)
    let inspected = try InspectionJob.run(path: Networks.path("dense"))
    #expect(inspected.totals.nonzeroParameters == inspected.totals.parameters)
    let folder = try TemporaryFolder()
    try ONNXExporter.write(after, to: folder.path("half.onnx"))
    let half = try InspectionJob.run(path: folder.path("half.onnx"))
    let densities = half.nodes.compactMap(\.weightDensity)
    #expect(densities.count == 3 && densities.allSatisfy { abs($0 - 0.5) < 0.01 })
    #expect(half.text(width: 120, colour: false).contains("of the parameters are zero"))
  }
}
