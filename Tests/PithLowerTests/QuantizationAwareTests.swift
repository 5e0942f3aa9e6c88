import Foundation
import PithEngine
import PithGraph
import PithHost
import PithImport
import PithTestSupport
import Testing

@testable import PithLower
@testable import PithPasses

/// What fine-tuning trains is what the integer program computes.
@Suite struct QuantizationAwareTests {
  /// How far the program's bytes are from the levels that the trained graph has for the same values.
  private struct Difference {
    /// Elements by distance in units: 0, 1, 2 and more.
    var counts = [0, 0, 0, 0]
    var total: Int { counts.reduce(0, +) }
    func share(within units: Int) -> Double {
      Double(counts[...units].reduce(0, +)) / Double(Swift.max(1, total))
    }
  }

  private func compare(
    _ model: QuantizedModel, _ aware: QuantizationAwareGraph, trained: Graph, samples: [Tensor]
  ) throws -> Difference {
    let program = try Lowering.lower(model, keepsIntermediates: true)
    let session = PithSession(try PithModel(bytes: program.bytes))
    let engine = try FloatEngine(trained)
    var rounded: [ValueID: ValueID] = [:]
    for (id, node) in aware.activationRounding { rounded[try #require(trained.node(node)).outputs[0]] = id }
    var result = Difference()
    for sample in samples {
      _ = try session.run(inputs: [sample.floats ?? []])
      _ = try engine.run([sample]) { value, tensor in
        guard let id = rounded[value], let trace = program.traces[id], let floats = tensor.floats,
          let bytes = session.bytes(ofTensor: trace.tensor)
        else { return }
        let (strides, dims) = (trace.byteStrides, trace.dims)
        for n in 0..<dims[0] {
          for h in 0..<dims[1] {
            for w in 0..<dims[2] {
              for c in 0..<dims[3] {
                let byte = bytes[n * strides[0] + h * strides[1] + w * strides[2] + c * strides[3]]
                let s = trace.elementStrides
                let real = floats[n * s[0] + h * s[1] + w * s[2] + c * s[3]]
                let level = Int((real / trace.parameters.scale).rounded()) + trace.parameters.zeroPoint
                result.counts[Swift.min(3, abs(Int(byte) - level))] += 1
              }
            }
          }
        }
      }
    }
    return result
  }

  private func network(_ name: String) throws -> (model: QuantizedModel, samples: [Tensor]) {
    let path = "\(ModelFixture.folder)/models/\(name)"
    var graph = try Simplify.run(try ONNXImporter.read(path: "\(path).onnx")).graph
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(path).input.npy")))
    // A float32 array's elements are the end of the file.
    let shape = try #require(graph[graph.inputs[0]].type?.shape.dimensions.dropFirst().map { $0.size ?? 1 })
    let (count, size) = (64, shape.reduce(1, *))
    let floats = bytes.suffix(4 * count * size).withUnsafeBytes { raw in
      (0..<count * size).map { raw.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
    }
    let samples = (0..<count).map {
      Tensor(shape: [1] + shape, floats: Array(floats[$0 * size..<($0 + 1) * size]))
    }
    let pairs = CrossLayerEqualization.pairs(in: graph)
    if !pairs.isEmpty {
      var calibrator = try Calibrator(
        graph, wanted: [], channelAxes: Dictionary(uniqueKeysWithValues: pairs.map { ($0.between, 1) }))
      for sample in samples { try calibrator.add([sample]) }
      graph = try CrossLayerEqualization.apply(to: graph, pairs: pairs, statistics: calibrator.statistics)
        .graph
    }
    return (try graph.quantized(on: samples.map { [$0] }), samples)
  }

  @Test(arguments: ["dense", "cnn", "mobilenet"])
  func theTrainedGraphIsTheProgram(_ name: String) throws {
    let (model, samples) = try network(name)
    let aware = try QuantizationAwareGraph(model)
    let difference = try compare(model, aware, trained: aware.graph, samples: Array(samples.prefix(16)))
    #expect(difference.total > 1000)
    // Sums are rounded differently, and what lies half between two levels may go either way; where a level is worth
    // several of the next layer's, as after equalization, the difference grows.
    #expect(difference.share(within: 0) > 0.98, "\(difference.counts)")
    #expect(difference.share(within: 1) > 0.998, "\(difference.counts)")
    #expect(difference.share(within: 2) > 0.9995, "\(difference.counts)")
  }

  /// As training would: other weights, biases and scales.
  private func disturbed(_ aware: QuantizationAwareGraph, seed: Int) -> Graph {
    var random = SeededRandom(seed: seed)
    var graph = aware.graph
    for id in graph.trainableParameters() {
      guard let constant = graph[id].constant, let floats = constant.floats else { continue }
      let values = floats.map { $0 * random.float(in: 0.9...1.1) + 0.001 * random.float() }
      graph.update(id) { $0.constant = Tensor(shape: constant.shape, floats: values) }
    }
    return graph
  }

  /// The trained graph with the biases that the program has, which are multiples of the product of two scales.
  private func withBiases(of model: QuantizedModel, _ trained: Graph) throws -> Graph {
    var graph = trained
    for (id, levels) in model.biases {
      let layer = try #require(trained.node(id))
      guard layer.inputs.count > 2, let bias = layer.inputs[2], let weights = model.weights[id],
        let input = model.graph.node(id)?.inputs[0], let x = model.activations[input]
      else { continue }
      let floats = levels.indices.map {
        Float(Double(levels[$0]) * Double(x.scale) * Double(weights.scales[$0]))
      }
      graph.update(bias) { value in
        value.constant = value.constant.map { Tensor(shape: $0.shape, floats: floats) }
      }
    }
    return graph
  }

  @Test(arguments: ["dense", "cnn", "mobilenet"])
  func theModelOfATrainedGraphIsItsProgram(_ name: String) throws {
    let (model, samples) = try network(name)
    let aware = try QuantizationAwareGraph(model)
    let trained = disturbed(aware, seed: 3)
    let result = try aware.model(trained: trained)
    // Biases train unrounded; what is compared is the rounding of weights and activations.
    let rounded = try withBiases(of: result, trained)
    let difference = try compare(result, aware, trained: rounded, samples: Array(samples.prefix(16)))
    #expect(difference.share(within: 0) > 0.98, "\(difference.counts)")
    #expect(difference.share(within: 1) > 0.999, "\(difference.counts)")
    // Disturbed weights are no trained ones: in twenty layers a unit may grow to some.
    #expect(Double(difference.counts[3]) < 1e-4 * Double(difference.total), "\(difference.counts)")
    #expect(result.activations != model.activations && result.weights != model.weights)
  }

  @Test(arguments: ["dense", "cnn", "mobilenet"])
  func withoutTrainingTheModelStaysWhatItIs(_ name: String) throws {
    let (model, _) = try network(name)
    let aware = try QuantizationAwareGraph(model)
    let same = try aware.model(trained: aware.graph)
    #expect(same.activations == model.activations)
    #expect(same.weights == model.weights)
    for (node, biases) in model.biases {
      for (a, b) in zip(biases, try #require(same.biases[node])) {
        // A bias becomes a Float on the way, of 24 bits.
        #expect(abs(Double(a) - Double(b)) <= 1 + abs(Double(a)) * 0x1p-23)
      }
    }
    #expect(try Lowering.lower(same).bytes.count == Lowering.lower(model).bytes.count)
  }
}
