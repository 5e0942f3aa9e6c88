import Foundation
import Pith
import PithTestSupport
import Testing

/// Keras layers with `stateful=True`: what they remember is a state of the program, without any option.
@Suite struct StatefulKerasTests {
  private static let path = "\(ModelFixture.folder)/keras/stateful.keras"
  private static let states = ["gru.h", "lstm.c", "lstm.h", "rnn.h"]

  /// Three parts of a sequence, and what Keras says of each after those before.
  private func recorded() throws -> (parts: [[Float]], outputs: [[Float]]) {
    let arrays = try NPZFixture.read("\(ModelFixture.folder)/keras/stateful.npz")
    func rows(_ name: String) throws -> [[Float]] {
      let array = try #require(arrays[name])
      let size = array.count / array.shape[0]
      return (0..<array.shape[0]).map { Array((array.floats ?? [])[$0 * size..<($0 + 1) * size]) }
    }
    return (try rows("parts"), try rows("streamed"))
  }

  private func off(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).map { abs($0 - $1) }.max() ?? .infinity }

  @Test func partsGiveWhatKerasStreamed() throws {
    let (parts, expected) = try recorded()
    let graph = try ModelImporter.read(path: Self.path)
    #expect(graph.stateNames.keys.sorted() == Self.states)
    // The same network, and the same pairs, by way of an ONNX file.
    let written = try ONNXImporter.read(bytes: try ONNXExporter.bytes(of: graph))
    #expect(written.stateNames == graph.stateNames)
    for graph in [graph, written] {
      let engine = try FloatEngine(graph)
      var memory = graph.inputs.dropFirst().map { id in
        let shape = (graph[id].type?.shape.dimensions ?? []).map { $0.size ?? 1 }
        return Tensor(shape: shape, floats: Array(repeating: 0, count: shape.reduce(1, *)))
      }
      for (part, expected) in zip(parts, expected) {
        let outputs = try engine.run([Tensor(shape: [1, 4, 3], floats: part)] + memory)
        #expect(off(outputs[0].floats ?? [], expected) < 1e-5)
        memory = Array(outputs.dropFirst())
      }
    }
  }

  @Test func theyBecomeStatesOfTheProgram() throws {
    let folder = try TemporaryFolder()
    let (parts, expected) = try recorded()
    // Normally distributed as the parts are, nearly: sums of four.
    var random = SeededRandom(seed: 3)
    let samples = (0..<200 * 12).map { _ in 2.6 * (0..<4).reduce(Float(-2)) { sum, _ in sum + random.float() }
    }
    let data = folder.path("x.npy")
    try NPY.write(samples, shape: [200, 4, 3], to: data)
    let path = folder.path("out.pith")
    let result = try CompressCommand.run([
      "quantize", Self.path, "--calibrate", data, "--strict", "--json", "-o", path,
    ])
    #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    let model = try PithModel(contentsOf: path)
    #expect(model.inputs.map(\.name) == ["x"] && model.outputs.count == 1)
    #expect(model.states.map(\.name).sorted() == Self.states)
    let session = PithSession(model)
    // What the network would say of the last part, had it forgotten the others.
    #expect(off(try session.run(inputs: [parts[2]])[0], expected[2]) > 0.2)
    for _ in 0..<2 {
      session.reset()
      for (part, expected) in zip(parts, expected) {
        let output = try session.run(inputs: [part])[0]
        #expect(off(output, expected) < 0.1, "\(output) for \(expected)")
      }
    }
  }

  /// Each sample begins a sequence of its own.
  @Test func runBeginsWithZeros() throws {
    let folder = try TemporaryFolder()
    let (parts, expected) = try recorded()
    let (data, output) = (folder.path("x.npy"), folder.path("y.npy"))
    try NPY.write(parts[0] + parts[0], shape: [2, 4, 3], to: data)
    let result = try CompressCommand.run(["run", Self.path, "--input", data, "-o", output])
    #expect(result.status == 0, "\(result.error)")
    #expect(off(try NPY.read(output).values, expected[0] + expected[0]) < 1e-5)
  }

  /// What cannot be remembered yet while training is told.
  @Test func trainingRefusesThem() throws {
    let folder = try TemporaryFolder()
    let (samples, labels) = (folder.path("x.npy"), folder.path("y.npy"))
    try NPY.write([Float](repeating: 0.5, count: 8 * 12), shape: [8, 4, 3], to: samples)
    try NPY.write([Float](repeating: 0, count: 8), shape: [8], to: labels)
    let failure = try CompressCommand.failure([
      "train", Self.path, "--train", "\(samples),\(labels)", "-o", folder.path("out.onnx"),
    ])
    #expect(failure.contains("lstm.h"), "\(failure)")
  }

  @Test func brokenPairsAreLeftOut() throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, [2]))
    let y = graph.add(Relu(), [x], outputs: ["y"])[0]
    graph.markOutput(y)
    graph.stateNames = ["x": "y", "z": "y"]
    #expect(graph.stateNames == ["x": "y"])
    for text in ["", "{", "[]", #"{"x": 1}"#, String(repeating: "[", count: 60_000), "null"] {
      graph.metadata[Graph.statesKey] = text
      #expect(graph.stateNames.isEmpty)
    }
    graph.stateNames = [:]
    #expect(graph.metadata[Graph.statesKey] == nil)
  }
}
