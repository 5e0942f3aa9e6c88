import Foundation
import Pith
import PithTestSupport
import Testing

/// What `compress quantize` refuses, and what it leaves behind.
@Suite struct QuantizationJobTests {
  /// Runs a job that has to fail, checks that nothing was left, and returns the message.
  private func failure(
    _ request: QuantizationJob.Request, in folder: TemporaryFolder, leaving files: [String] = [],
    sourceLocation: SourceLocation = #_sourceLocation
  ) -> String {
    let text = messageOfFailure(sourceLocation: sourceLocation) { try QuantizationJob(request).run() }
    #expect(folder.contents == files, sourceLocation: sourceLocation)
    return text
  }

  @Test func shapesThatDoNotFitAreBothNamed() throws {
    let folder = try TemporaryFolder()
    let data = folder.path("small.npy")
    try NPY.write([Float](repeating: 0.5, count: 5 * 100), shape: [5, 10, 10], to: data)
    let text = failure(
      try Networks.request(Networks.path("cnn"), calibrate: data, to: folder.path("out.pith")), in: folder,
      leaving: ["small.npy"])
    #expect(text.contains("[10, 10]") && text.contains("[1, 28, 28]") && text.contains("small.npy"))
    let evaluation = failure(
      try Networks.request(Networks.path("cnn"), evaluate: data, to: folder.path("out.pith")), in: folder,
      leaving: ["small.npy"])
    #expect(evaluation.contains("[10, 10]") && evaluation.contains("[1, 28, 28]"))
  }

  @Test func samplesAreReshapedWhereTheyFit() throws {
    let folder = try TemporaryFolder()
    let data = folder.path("flat.npy")
    try NPY.write(SeededRandom.pixels(8 * 784), shape: [8, 784], to: data)
    let report = try QuantizationJob(
      try Networks.request(Networks.path("cnn"), calibrate: data, to: folder.path("out.pith"))
    ).run()
    #expect(report.samples == 8)
    #expect(report.warnings.contains { $0.contains("only 8 calibration samples") })
  }

  @Test func dataWithoutSamplesIsRefused() throws {
    let folder = try TemporaryFolder()
    let data = folder.path("empty.npy")
    try NPY.write([], shape: [0, 784], to: data)
    let error = #expect(throws: (any Error).self) { try DataSet(data) }
    #expect(error.map { String(describing: $0).contains("holds no samples") } == true)
  }

  @Test func dataWithoutLabelsCannotBeScored() throws {
    let folder = try TemporaryFolder()
    let text = failure(
      try Networks.request(
        Networks.path("dense"), samples: 8, evaluate: Networks.testImages, to: folder.path("out.pith")),
      in: folder)
    #expect(text.contains("no labels") && text.contains("test-images.idx.gz"))
  }

  @Test func labelsBeyondTheClassesAreRefused() throws {
    let folder = try TemporaryFolder()
    let (images, labels) = (folder.path("x.npy"), folder.path("y.npy"))
    try NPY.write(SeededRandom.pixels(3 * 784), shape: [3, 784], to: images)
    try NPY.write([1, 9, 10], shape: [3], to: labels)
    let text = failure(
      try Networks.request(
        Networks.path("dense"), samples: 8, evaluate: "\(images),\(labels)", to: folder.path("out.pith")),
      in: folder, leaving: ["x.npy", "y.npy"])
    #expect(text.contains("sample 2 has label 10") && text.contains("0 to 9"))
  }

  @Test(arguments: [Float.nan, .infinity])
  func dataThatIsNotFiniteIsRefused(_ value: Float) throws {
    let folder = try TemporaryFolder()
    let data = folder.path("x.npy")
    var pixels = SeededRandom.pixels(3 * 784)
    pixels[784 + 5] = value
    try NPY.write(pixels, shape: [3, 784], to: data)
    let text = failure(
      try Networks.request(Networks.path("dense"), calibrate: data, to: folder.path("out.pith")), in: folder,
      leaving: ["x.npy"])
    #expect(text.contains("sample 1") && text.contains("element 5"))
  }

  @Test func valuesThatOverflowInsideAreNamed() throws {
    let folder = try TemporaryFolder()
    let data = folder.path("x.npy")
    try NPY.write([Float](repeating: 3e38, count: 784), shape: [1, 784], to: data)
    let text = failure(
      try Networks.request(Networks.path("dense"), calibrate: data, to: folder.path("out.pith")), in: folder,
      leaving: ["x.npy"])
    #expect(text.contains("not finite") && text.contains("activation '"))
  }

  @Test func strictNamesWhatWouldStayInFloat() throws {
    let folder = try TemporaryFolder()
    var graph = Graph(name: "gated")
    let x = graph.addInput("x", ValueType(.float32, ["N", 784]))
    let one = graph.addConstant("one", Tensor(1.5))
    let y = graph.add(Add(), [graph.add(Mul(), [x, x], name: "square")[0], one], name: "plus")[0]
    graph.markOutput(graph.add(Div(), [x, y], name: "ratio", outputs: ["out"])[0])
    try graph.inferTypes()
    let model = folder.path("gated.onnx")
    try ONNXExporter.write(graph, to: model)
    let strict = failure(
      try Networks.request(model, strict: true, to: folder.path("out.pith")), in: folder,
      leaving: ["gated.onnx"])
    #expect(strict.contains("--strict") && strict.contains("'ratio'") && strict.contains("Div"))
    let report = try QuantizationJob(try Networks.request(model, to: folder.path("out.pith"))).run()
    #expect(report.warnings.contains { $0.contains("'ratio'") && $0.contains("fp32") })
    #expect(report.layers.last?.placement == .float32)
  }

  @Test func strictAllowsASoftmaxAtTheEndAndNowhereElse() throws {
    let folder = try TemporaryFolder()
    for isEnd in [true, false] {
      var graph = Graph(name: "probabilities")
      let x = graph.addInput("x", ValueType(.float32, ["N", 784]))
      let y = graph.add(Softmax(axis: -1), [graph.add(Relu(), [x], name: "relu")[0]], name: "last")[0]
      graph.markOutput(y)
      if !isEnd { graph.markOutput(graph.add(Relu(), [y], name: "more")[0]) }
      try graph.inferTypes()
      let model = folder.path("model.onnx")
      try ONNXExporter.write(graph, to: model)
      let request = try Networks.request(model, samples: 8, strict: true, to: folder.path("out.pith"))
      if isEnd {
        _ = try QuantizationJob(request).run()
        #expect(folder.contents == ["model.onnx", "out.pith"])
      } else {
        #expect(throws: (any Error).self) { try QuantizationJob(request).run() }
      }
    }
  }

  @Test(arguments: Networks.names)
  func strictAllowsWhatIsAllInteger(_ name: String) throws {
    let folder = try TemporaryFolder()
    _ = try QuantizationJob(
      try Networks.request(Networks.path(name), samples: 8, strict: true, to: folder.path("out.pith"))
    ).run()
    #expect(folder.contents == ["out.pith"])
  }

  @Test func outputsThatCannotBeWrittenLeaveNothing() throws {
    let folder = try TemporaryFolder()
    let dense = Networks.path("dense")
    #expect(
      failure(try Networks.request(dense, samples: 4, to: "/dev/full"), in: folder).contains("/dev/full"))
    let own = failure(try Networks.request(dense, samples: 4, to: folder.url.path), in: folder)
    #expect(own.contains(folder.url.lastPathComponent))
    let missing = folder.path("missing/out.pith")
    #expect(
      failure(try Networks.request(dense, samples: 4, to: missing), in: folder).contains("missing/out.pith"))
    // Where one of several files cannot be written, none appears.
    let (pith, absent) = (folder.path("out.pith"), folder.path("missing/other"))
    _ = failure(try Networks.request(dense, samples: 4, to: pith, qdq: absent), in: folder)
    _ = failure(try Networks.request(dense, samples: 4, to: pith, report: absent), in: folder)
    _ = failure(
      try Networks.request(dense, samples: 4, to: pith, qdq: folder.path("q.onnx"), report: absent),
      in: folder)
    _ = failure(try Networks.request(dense, samples: 4, to: pith, qdq: "/dev/full"), in: folder)
    _ = failure(try Networks.request(dense, samples: 4, to: pith, report: "/dev/full"), in: folder)
    _ = failure(
      try Networks.request(dense, samples: 4, to: absent, report: folder.path("r.html")), in: folder)
  }

  @Test func anOldOutputOutlivesAnError() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("out.pith")
    try Data("old".utf8).write(to: URL(filePath: path))
    _ = failure(
      try Networks.request(Networks.path("dense"), samples: 4, to: path, qdq: folder.path("missing/q.onnx")),
      in: folder, leaving: ["out.pith"])
    #expect(try Data(contentsOf: URL(filePath: path)) == Data("old".utf8))
  }

  @Test func everyFileOfARunIsWritten() throws {
    let folder = try TemporaryFolder()
    let (qdq, html) = (folder.path("q.onnx"), folder.path("r.html"))
    _ = try QuantizationJob(
      try Networks.request(
        Networks.path("cnn"), samples: 16, to: folder.path("out.pith"), qdq: qdq, report: html)
    ).run()
    #expect(folder.contents == ["out.pith", "q.onnx", "r.html"])
    #expect(try String(contentsOfFile: html, encoding: .utf8).contains("</html>"))
    // The QDQ form is ONNX that is read again, with its roundings.
    let graph = try ONNXImporter.read(path: qdq)
    #expect(graph.nodes.contains { $0.op.name == "QuantizeLinear" })
  }

  @Test func aQuantizedModelIsNotQuantizedAgain() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("in.pith")
    try Data(try Networks.quantized["dense"]!.get().bytes).write(to: URL(filePath: path))
    let text = failure(
      try Networks.request(path, to: folder.path("out.pith")), in: folder, leaving: ["in.pith"])
    #expect(text.contains("quantized already"))
  }

  @Test func filesThatAreNoModelsAreNamed() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("model.onnx")
    for content in ["", "hello", "PITH", "PK\u{3}\u{4}"] {
      try Data(content.utf8).write(to: URL(filePath: path))
      let text = failure(
        try Networks.request(path, to: folder.path("out.pith")), in: folder, leaving: ["model.onnx"])
      #expect(text.contains("model.onnx"), "\(content): \(text)")
    }
    let text = failure(
      try Networks.request(folder.path("none.onnx"), to: folder.path("out.pith")), in: folder,
      leaving: ["model.onnx"])
    #expect(text.contains("none.onnx"))
  }
}

extension SeededRandom {
  /// Numbers from 0 to 1.
  static func pixels(_ count: Int) -> [Float] {
    var random = SeededRandom(seed: count)
    return random.floats(count, in: 0...1)
  }
}
