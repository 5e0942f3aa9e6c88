import Foundation
import PithEngine
import PithGraph
import PithHost
import PithImport
import PithTestSupport
import Testing

@testable import PithLower
@testable import PithPasses

/// A fixture made ready to be lowered: simplified, with inputs of the sizes that a program takes.
struct LoweringCase {
  /// How the symbolic axes are settled.
  enum Batch: String, CaseIterable, CustomTestStringConvertible {
    /// The recorded sizes: the program takes the whole recorded batch, and gives the recorded outputs.
    case recorded
    /// A batch of 1, as `compress quantize` makes it: the program runs once for each sample.
    case one

    var testDescription: String { self == .one ? "one by one" : "the whole batch" }
  }

  var graph: Graph
  /// What the program is fed, one entry a run.
  var runs: [[Tensor]]

  init(_ fixture: ModelFixture, _ batch: Batch) throws {
    let imported = try ONNXImporter.read(path: fixture.path)
    let inputs = try fixture.inputs()
    var graph = try Simplify.run(imported).graph
    var sizes: [String: Int] = [:]
    for (id, input) in zip(graph.inputs, inputs) {
      for (dimension, size) in zip(graph[id].type?.shape.dimensions ?? [], input.shape) {
        if case .symbolic(let name) = dimension { sizes[name] = size }
      }
    }
    if batch == .recorded {
      graph = try graph.specialized(sizes)
      runs = [inputs]
    } else {
      let batches = graph.inputs.map { [graph] in LoweringCase.hasSymbolicBatch(graph, $0) }
      let count = zip(batches, inputs).first { $0.0 }?.1.shape[0] ?? 1
      runs = (0..<count).map { index in
        zip(batches, inputs).map { $0 ? $1.row(index) : $1 }
      }
    }
    self.graph = graph
  }

  private static func hasSymbolicBatch(_ graph: Graph, _ id: ValueID) -> Bool {
    if case .symbolic? = graph[id].type?.shape.dimensions.first { true } else { false }
  }

  /// A model none of whose nodes is integer.
  var floatModel: QuantizedModel {
    QuantizedModel(
      graph: graph,
      placements: Dictionary(
        uniqueKeysWithValues: graph.nodes.map { ($0.id, .float32(reason: "the test wants it")) }),
      activations: [:], weights: [:], biases: [:], settings: QuantizationSettings(), sampleCount: 0,
      clippedShares: [:], equalizedPairs: 0)
  }

  /// The model quantized as it would be, calibrated on the inputs themselves.
  func integerModel() throws -> QuantizedModel {
    var quantizer = try Quantizer(graph, settings: QuantizationSettings(method: .minmax))
    for run in runs { try quantizer.calibrate(run) }
    return try quantizer.finish()
  }

  /// The fp32 engine's outputs for each run.
  func expected() throws -> [[Tensor]] {
    let engine = try FloatEngine(graph)
    return try runs.map { try engine.run($0) }
  }

  /// A program's outputs for each run.
  func outputs(
    of program: Program, isa: PithISA = .automatic, threads: Int = 1
  ) throws -> [[[Float]]] {
    let model = try PithModel(bytes: program.bytes, isa: isa)
    let session = PithSession(model, pool: threads > 1 ? ThreadPool(threads: threads) : nil)
    return try runs.map { inputs in try session.run(inputs: inputs.map { $0.floats ?? [] }) }
  }
}

extension Tensor {
  /// One index of the first axis, which stays with a size of 1.
  func row(_ index: Int) -> Tensor {
    let count = shape.dropFirst().reduce(1, *)
    let range = index * count..<(index + 1) * count
    let rest = [1] + shape.dropFirst()
    switch storage {
    case .float32(let values): return Tensor(shape: rest, storage: .float32(Array(values[range])))
    case .float64(let values): return Tensor(shape: rest, storage: .float64(Array(values[range])))
    case .int64(let values): return Tensor(shape: rest, storage: .int64(Array(values[range])))
    case .int32(let values): return Tensor(shape: rest, storage: .int32(Array(values[range])))
    case .int8(let values): return Tensor(shape: rest, storage: .int8(Array(values[range])))
    case .uint8(let values): return Tensor(shape: rest, storage: .uint8(Array(values[range])))
    case .bool(let values): return Tensor(shape: rest, storage: .bool(Array(values[range])))
    }
  }
}
