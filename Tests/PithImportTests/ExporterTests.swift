import Foundation
import PithEngine
import PithGraph
import PithImport
import PithTestSupport
import Testing

@testable import PithExport

/// What is written: names, fused activations, quantization, files.
@Suite struct ExporterTests {
  private static func convolution(_ activation: Activation?) -> Graph {
    var graph = Graph(name: "g")
    var random = SeededRandom(seed: 1)
    let x = graph.addInput("x", ValueType(.float32, [.symbolic("batch"), 2, 5, 5]))
    let w = graph.addConstant("w", random.tensor([3, 2, 3, 3]))
    let b = graph.addConstant("b", random.tensor([3]))
    let y = graph.add(
      Conv(padding: .sameUpper, activation: activation), [x, w, b], name: "conv", outputs: ["y"])
    graph.markOutput(y[0])
    return graph
  }

  @Test(arguments: [Activation.relu, .clip(0, 0.5), .clip(-0.25, .infinity)])
  func fusedActivationsBecomeNodes(_ activation: Activation) throws {
    let graph = Self.convolution(activation)
    let again = try ONNXImporter.read(bytes: try ONNXExporter.bytes(of: graph))
    #expect(again.nodes.map(\.op.name) == ["Conv", activation == .relu ? "Relu" : "Clip"])
    var random = SeededRandom(seed: 2)
    let input = random.tensor([2, 2, 5, 5])
    #expect(try FloatEngine(again).run([input]) == FloatEngine(graph).run([input]))
  }

  @Test func namesAreUniqueAndOutputsKeepTheirs() throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, [4]))
    let c = graph.addConstant("out", Tensor(1))
    var last = x
    for name in ["", "x", "", "y", "y"] { last = graph.add(Add(), [last, c], outputs: [name])[0] }
    for id in [last, last, x, c] { graph.markOutput(id) }
    let again = try ONNXImporter.read(bytes: try ONNXExporter.bytes(of: graph))
    #expect(again.outputs.map { again[$0].name } == ["y", "y_output", "x_output", "out"])
    #expect(Set(again.values.map(\.name)).count == again.values.count)
    let input = Tensor(shape: [4], floats: [0, 1, 2, 3])
    #expect(try FloatEngine(again).run([input]) == FloatEngine(graph).run([input]))
  }

  @Test func everyOperatorIsWritten() throws {
    for fixture in ModelFixture.operators {
      for node in try ONNXImporter.read(path: fixture.path).nodes {
        #expect(node.op is any ONNXWritable, "\(node.op.name)")
      }
    }
  }

  @Test func constantsAsNodesSurvive() throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, [2]))
    let c = graph.add(Constant(tensor: Tensor(shape: [2], floats: [1, 2])), [])
    graph.markOutput(graph.add(Add(), [x, c[0]], outputs: ["y"])[0])
    let again = try ONNXImporter.read(bytes: try ONNXExporter.bytes(of: graph))
    #expect(try FloatEngine(again).run([Tensor(shape: [2], floats: [1, 1])])[0].floats == [2, 3])
  }

  @Test func newerOperatorsRaiseTheOpset() throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, [1, 2, 8]))
    let pads = graph.addConstant("pads", Tensor(ints: [1, 1]))
    let axes = graph.addConstant("axes", Tensor(ints: [2]))
    graph.markOutput(graph.add(Pad(mode: .wrap), [x, pads, nil, axes], outputs: ["y"])[0])
    let writer = try ONNXGraphWriter(graph, opset: 19, quantization: ONNXQuantization())
    #expect(writer.nodes[0].inputs == ["x", "pads", "", "axes"])
    // The last field of the file is the opset.
    #expect(try ONNXExporter.bytes(of: graph).suffix(2) == [0x10, 19])
    #expect(
      try ONNXImporter.read(bytes: try ONNXExporter.bytes(of: graph)).nodes[0].op as? Pad == Pad(mode: .wrap))
  }

  @Test func padsOfSomeAxesAreSpreadAtOlderOpsets() throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, [1, 2, 8]))
    let pads = graph.addConstant("pads", Tensor(ints: [1, 3]))
    let value = graph.addConstant("value", Tensor(5))
    let axes = graph.addConstant("axes", Tensor(ints: [-1]))
    graph.markOutput(graph.add(Pad(), [x, pads, value, axes], outputs: ["y"])[0])
    try graph.inferTypes()
    let writer = try ONNXGraphWriter(graph, opset: 17, quantization: ONNXQuantization())
    #expect(writer.nodes[0].inputs.count == 3)
    #expect(writer.initializers.map(\.tensor.integers) == [[0, 0, 1, 0, 0, 3], nil])
    #expect(throws: ExportError.self) { try ONNXExporter.bytes(of: graph, opset: 16) }
  }

  // MARK: Quantization

  @Test func quantizationIsWrittenAsPairs() throws {
    var graph = Self.convolution(.relu)
    try graph.inferTypes()
    let node = graph.nodes[0]
    let (x, y) = (graph.inputs[0], graph.outputs[0])
    let (w, b) = (try #require(node.inputs[1]), try #require(node.inputs[2]))
    let quantization = ONNXQuantization(
      activations: [x: (0.5, 128), y: (0.25, 0)],
      weights: [w: (values: Array(repeating: 3, count: 54), scales: [1, 2, 3], axis: 0)],
      biases: [b: (values: [1, 2, 3], scales: [0.5, 1, 1.5])])
    let writer = try ONNXGraphWriter(graph, opset: 17, quantization: quantization)
    #expect(
      writer.nodes.map(\.opType) == [
        "QuantizeLinear", "DequantizeLinear", "DequantizeLinear", "DequantizeLinear", "Conv", "Relu",
        "QuantizeLinear", "DequantizeLinear",
      ])
    #expect(writer.nodes[4].inputs == ["x_dequantized", "w", "b"])
    #expect(writer.nodes[7].outputs == ["y"])
    #expect(writer.outputs.map(\.name) == ["y"])
    let stored = Dictionary(uniqueKeysWithValues: writer.initializers.map { ($0.name, $0.tensor) })
    #expect(stored["w"] == nil)
    #expect(stored["w_quantized"]?.shape == [3, 2, 3, 3])
    #expect(stored["w_quantized"]?.element == .int8)
    #expect(stored["w_scale"]?.floats == [1, 2, 3])
    #expect(stored["b_quantized"]?.storage == .int32([1, 2, 3]))
    #expect(stored["x_zero_point"]?.storage == .uint8([128]))
    #expect(stored["y_scale"] == Tensor(0.25))
  }

  @Test func impossibleQuantizationsAreRefused() throws {
    let graph = Self.convolution(nil)
    let path = FileManager.default.temporaryDirectory.appending(path: "pith-\(UUID().uuidString).onnx").path
    let w = try #require(graph.nodes[0].inputs[1])
    for zero in [-1, 256] {
      #expect(throws: ExportError.self) {
        try ONNXExporter.writeQDQ(graph, activations: [graph.inputs[0]: (1, zero)], to: path)
      }
    }
    #expect(throws: ExportError.self) {
      try ONNXExporter.writeQDQ(graph, activations: [:], weights: [w: ([1], [1], 0)], to: path)
    }
    #expect(throws: ExportError.self) {
      try ONNXExporter.writeQDQ(
        graph, activations: [:], weights: [w: (Array(repeating: 0, count: 54), [1, 2], 0)], to: path)
    }
    #expect(!FileManager.default.fileExists(atPath: path))
  }

  // MARK: Files

  @Test func filesAreTheSameEachTime() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "pith-\(UUID().uuidString).onnx").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let graph = Self.convolution(.clip(0, 6))
    try ONNXExporter.write(graph, to: path)
    let first = try Data(contentsOf: URL(filePath: path))
    try ONNXExporter.write(graph, to: path)
    #expect(try Data(contentsOf: URL(filePath: path)) == first)
    #expect(try [UInt8](first) == ONNXExporter.bytes(of: graph))
    #expect(try ONNXImporter.read(path: path).nodes.count == 2)
  }
}

/// Free text that goes with a model.
@Suite struct MetadataTests {
  private func graph(_ metadata: [String: String]) -> Graph {
    var graph = Graph(name: "g")
    let x = graph.addInput("x", ValueType(.float32, [1, 2]))
    graph.markOutput(graph.add(Relu(), [x], outputs: ["y"])[0])
    graph.metadata = metadata
    return graph
  }

  @Test func surviveTheFile() throws {
    let metadata = [
      "author": "somebody", "": "lost", "empty": "", "utf8": "é漢🧱\0\n",
      "long": String(repeating: "x", count: 100_000),
    ]
    let bytes = try ONNXExporter.bytes(of: graph(metadata))
    #expect(try ONNXExporter.byteCount(of: graph(metadata)) == bytes.count)
    #expect(try ONNXExporter.bytes(of: graph(metadata)) == bytes)
    let read = try ONNXImporter.read(bytes: bytes)
    #expect(read.metadata == metadata.filter { !$0.key.isEmpty })
  }

  @Test func hugeAndBrokenOnesAreLeftOut() throws {
    let huge = graph(["a": "kept", "b": String(repeating: "x", count: 2 << 20), "c": "kept"])
    #expect(
      try ONNXImporter.read(bytes: try ONNXExporter.bytes(of: huge)).metadata == ["a": "kept", "c": "kept"])
    let plain = try ONNXExporter.bytes(of: graph([:]))
    // Entries of no known form: text that is not UTF-8, fields out of order, none at all, a number.
    for entry: [UInt8] in [
      [0x72, 6, 0x0A, 1, 0xFF, 0x12, 1, 0xFE], [0x72, 0], [0x72, 2, 0x08, 7], [0x70, 7],
      [0x72, 6, 0x12, 1, 0x61, 0x0A, 1, 0x62],
    ] {
      let graph = try ONNXImporter.read(bytes: plain + entry)
      #expect(graph.nodes.count == 1 && graph.metadata.count <= 1)
    }
    #expect(throws: ImportError.self) { try ONNXImporter.read(bytes: plain + [0x72, 9, 0x0A]) }
  }
}
