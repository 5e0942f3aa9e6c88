import PithEngine
import PithGraph
import PithImport
import PithTestSupport
import Testing

@testable import PithPasses

/// Keras keeps channels last and the graph has them first: the transposes between the two must meet and cancel.
@Suite struct KerasLayoutTests {
  /// How many transposes may be left, at inputs and outputs.
  static let cases: [(name: String, transposes: Int)] = [
    ("channels_first", 0), ("conv2d", 1), ("conv3d", 1), ("dense_steps", 0), ("residual", 1),
    // Two outputs are maps.
    ("resampling", 3),
  ]

  @Test(arguments: cases)
  func transposesAreLeftOnlyAtTheEdges(_ test: (name: String, transposes: Int)) throws {
    let path = "\(ModelFixture.folder)/keras/\(test.name)"
    let graph = try ModelImporter.read(path: "\(path).keras")
    let (simplified, _) = try Simplify.run(graph)
    let transposes = simplified.nodes.filter { $0.op is Transpose }
    #expect(transposes.count <= test.transposes)
    for node in transposes {
      let isFirst = node.inputs.contains { $0.map(simplified.inputs.contains) ?? false }
      #expect(isFirst || simplified.outputs.contains(node.outputs[0]), "\(node.label)")
    }

    let arrays = try NPZFixture.read("\(path).npz")
    let inputs = graph.inputs.indices.compactMap { arrays["input\($0)"] }
    for (index, result) in try FloatEngine(simplified).run(inputs).enumerated() {
      let expected = try #require(arrays["output\(index)"])
      #expect(result.shape == expected.shape)
      let pairs = zip(result.floats ?? [], expected.floats ?? [])
      #expect(pairs.allSatisfy { abs($0 - $1) <= 1e-4 + 1e-4 * abs($1) })
    }
  }

  /// A block that scales channels by factors which it computes of their means, with channels last.
  @Test(arguments: [true, false])
  func squeezeAndExcitationStaysInOneLayout(_ reshapes: Bool) throws {
    var b = GraphBuilder()
    let toFirst = Transpose(permutation: [0, 3, 1, 2])
    let toLast = Transpose(permutation: [0, 2, 3, 1])
    let x = b.input(["N", 4, 6, 6])
    let map = b.add(toLast, b.conv(x, weights: [4, 4, 3, 3], Conv(padding: .sameUpper)))
    var s = b.add(GlobalAveragePool(), b.add(toFirst, map))
    s = reshapes ? b.add(Reshape(), s, b.ints([-1, 1, 1, 4])) : b.add(toLast, s)
    s = b.add(toLast, b.conv(b.add(toFirst, s), weights: [4, 4, 1, 1]))
    let y = b.conv(b.add(toFirst, b.add(Mul(), map, b.add(Sigmoid(), s))), weights: [2, 4, 1, 1])
    let graph = try simplified(b.build(y))
    #expect(!graph.operators.contains("Transpose"), "\(graph.operators)")
  }

  @Test func equalTransposesAreShared() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 6, 6, 4])
    let first = b.conv(b.add(Transpose(permutation: [0, 3, 1, 2]), x), weights: [4, 4, 3, 3])
    let second = b.conv(b.add(Transpose(permutation: [0, 3, 1, 2]), x), weights: [4, 4, 3, 3])
    let graph = try simplified(b.build(b.add(Add(), first, second)))
    #expect(graph.operators == ["Transpose", "Conv", "Conv", "Add"])
  }
}
