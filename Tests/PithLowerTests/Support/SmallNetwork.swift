import CPith
import PithEngine
import PithGraph
import PithHost
import PithTestSupport
import Testing

@testable import PithLower
@testable import PithPasses

/// A graph of a few nodes with seeded weights, on its way to a program.
struct SmallNetwork {
  var graph = Graph(name: "small")
  var random: SeededRandom

  init(seed: Int) { random = SeededRandom(seed: seed) }

  mutating func input(_ sizes: [Int], _ name: String = "x") -> ValueID {
    graph.addInput(name, ValueType(.float32, Shape(sizes)))
  }

  mutating func add(_ op: any Operator, _ inputs: ValueID?...) -> ValueID {
    let name = "\(op.name)\(graph.nodes.count)"
    return graph.add(op, inputs, name: name, outputs: ["\(name).y"])[0]
  }

  mutating func constant(_ tensor: Tensor) -> ValueID { graph.addConstant("c", tensor) }

  mutating func constant(_ sizes: [Int], in range: ClosedRange<Float> = -1...1) -> ValueID {
    graph.addConstant("c", random.tensor(sizes, in: range))
  }

  func built(_ outputs: ValueID...) throws -> Graph {
    var graph = graph
    for output in outputs { graph.markOutput(output) }
    try graph.inferTypes()
    try graph.verify()
    return graph
  }
}

extension Graph {
  /// The graph quantized by what samples show.
  func quantized(on samples: [[Tensor]], _ settings: QuantizationSettings = QuantizationSettings()) throws
    -> QuantizedModel
  {
    var quantizer = try Quantizer(self, settings: settings)
    for sample in samples { try quantizer.calibrate(sample) }
    return try quantizer.finish()
  }
}

extension Program {
  /// The instructions' opcodes, in order.
  func opcodes() throws -> [pith_opcode] {
    let model = try PithModel(bytes: bytes)
    return (0..<model.instructionCount).map { pith_opcode(UInt32(model.instruction($0).opcode)) }
  }

  /// What comes out for each sample, on the scalar kernels.
  func outputs(_ samples: [[Tensor]]) throws -> [[[Float]]] {
    let session = PithSession(try PithModel(bytes: bytes, isa: .scalar))
    return try samples.map { try session.run(inputs: $0.map { $0.floats ?? [] }) }
  }
}
