import PithGraph
import PithImport
import PithTestSupport
import Testing

@testable import PithEngine

/// A second opinion: what PyTorch's autograd computed for a network of many kinds of layers
/// (`tools/fixtures/gradients.py`).
@Suite struct RecordedGradientTests {
  @Test func gradientsAreThoseOfPyTorch() throws {
    let folder = ModelFixture.folder + "/gradients"
    let graph = try ONNXImporter.read(path: "\(folder)/network.onnx")
    let recorded = try NPZFixture.read("\(folder)/network.npz")
    func reference(_ name: String) throws -> Reference { Reference(try #require(recorded[name], "\(name)")) }
    let parameters = graph.trainableParameters()
    let names = parameters.map { graph[$0].name }
    #expect(
      Set(names) == Set(recorded.keys.filter { $0.hasPrefix("gradient.") }.map { String($0.dropFirst(9)) }))

    let engine = try GradientEngine(graph, parameters: parameters, differentiatesInputs: true)
    var tape = try engine.forward([try #require(recorded["input"])], Weights(graph))
    expectClose(tape.outputs[0], try reference("output"), tolerance: 1e-4)
    #expect(tape.statistics.count == recorded.keys.count { $0.hasPrefix("statistics.") })
    for (id, value) in tape.statistics {
      expectClose(value, try reference("statistics.\(graph[id].name)"), tolerance: 1e-5)
    }
    let gradients = try engine.backwardWithInputs(&tape, outputGradients: [recorded["output_gradient"]])
    expectClose(try #require(gradients.inputs[0]), try reference("input_gradient"), tolerance: 1e-3)
    for (name, gradient) in zip(names, gradients.parameters) {
      // A bias before batch norm has no influence: rounding errors are compared with nothing.
      if name == "hidden.bias" {
        #expect(try #require(gradient?.floats).allSatisfy { abs($0) < 1e-6 })
        continue
      }
      expectClose(try #require(gradient), try reference("gradient.\(name)"), tolerance: 1e-3, "\(name)")
    }
  }
}
