import CPith
import PithEngine
import PithGraph
import PithImport
import PithTestSupport
import Testing

@testable import PithLower
@testable import PithPasses

/// Networks with their channels last, as TensorFlow has them, run on bytes without an element being moved.
@Suite struct SavedModelLoweringTests {
  /// What the fixtures' networks need copies for, besides transposes: none, or the parts that a Concat joins.
  static let networks = [
    "dense", "convolutional", "line", "unet", "older", "older_resources", "dilated", "nested",
  ]

  private func fixture(_ name: String) throws -> SavedModelFixture {
    try #require(SavedModelFixture.all.first { $0.name == name })
  }

  /// The samples of a fixture one by one.
  private func samples(_ fixture: SavedModelFixture) throws -> [[Tensor]] {
    let inputs = try fixture.inputs()
    return (0..<(inputs.first?.shape[0] ?? 0)).map { index in
      inputs.map { input in
        let size = input.count / input.shape[0]
        let part = (input.floats ?? [])[(index * size)..<((index + 1) * size)]
        return Tensor(shape: [1] + input.shape.dropFirst(), floats: Array(part))
      }
    }
  }

  @Test(arguments: networks)
  func noTransposeIsLeft(_ name: String) throws {
    let fixture = try fixture(name)
    let graph = try Simplify.run(try ModelImporter.read(path: fixture.path)).graph.specialized(batch: 1)
    let samples = try samples(fixture)
    let program = try Lowering.lower(try graph.quantized(on: samples))
    let model = try PithModel(bytes: program.bytes)
    var copies = 0
    for index in 0..<model.instructionCount {
      let instruction = model.instruction(index)
      if [PITH_OP_COPY, PITH_OP_F32_COPY].map(\.rawValue).contains(UInt32(instruction.opcode)) {
        copies += 1
      }
    }
    let joined = graph.nodes.filter { $0.op is Concat }.reduce(0) { $0 + $1.inputs.count }
    #expect(copies <= joined, "\(try program.opcodes().map(\.rawValue))")

    // Integers say what TensorFlow said, as far as eight bits can.
    let expected = try fixture.outputs()
    let actual = try program.outputs(samples)
    for index in expected.indices {
      let closeness = Closeness.decibels(actual.flatMap { $0[index] }, expected[index].floats ?? [])
      #expect(closeness > 20, "output \(index): \(closeness) dB")
    }
  }
}
