import PithGraph
import PithHost
import PithPasses
import PithTestSupport
import Testing

@testable import PithLower

/// What the runtime cannot execute is told by node, operator and reason.
@Suite struct LoweringErrorTests {
  private func message(_ graph: Graph) throws -> String {
    let error = #expect(throws: GraphError.self) {
      let placements = Dictionary(
        uniqueKeysWithValues: graph.nodes.map { ($0.id, Placement.float32(reason: "test")) })
      var quantizer = try Quantizer(graph)
      try quantizer.calibrate(
        graph.inputs.map { id in
          let sizes = graph[id].type?.shape.sizes ?? []
          return Tensor(shape: sizes, floats: Array(repeating: 1, count: sizes.reduce(1, *)))
        })
      var model = try quantizer.finish()
      model.placements = placements
      return try Lowering.lower(model)
    }
    return error?.description ?? ""
  }

  @Test func threeSpatialAxesAreRefused() throws {
    var network = SmallNetwork(seed: 1)
    let x = network.input([1, 2, 4, 4, 4])
    let op = Conv(strides: [1, 1, 1], dilations: [1, 1, 1], padding: .none(3))
    let weights = network.constant([2, 2, 3, 3, 3])
    let y = network.add(op, x, weights)
    let text = try message(network.built(y))
    #expect(text.contains("node 'Conv0'") && text.contains("spatial axes"))
  }

  @Test func seventhAxesAreRefused() throws {
    var network = SmallNetwork(seed: 1)
    let x = network.input([1, 2, 1, 2, 1, 2, 2])
    let y = network.add(Transpose(permutation: [6, 5, 4, 3, 2, 1, 0]), x)
    let text = try message(network.built(y))
    #expect(text.contains("7 axes"))
  }

  @Test func computedShapesAreRefused() throws {
    var network = SmallNetwork(seed: 1)
    let x = network.input([2, 3])
    let shape = network.add(ShapeOf(), x)
    let y = network.add(Reshape(), x, shape)
    let text = try message(network.built(y))
    #expect(text.contains("Shape") && text.contains("folds to constants"))
  }

  @Test func symbolicAxesBesideTheBatchAreRefused() throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, ["N", 3, "H", "W"]))
    graph.markOutput(graph.add(Relu(), [x], name: "relu")[0])
    try graph.inferTypes()
    var quantizer = try Quantizer(graph)
    try quantizer.calibrate([Tensor(shape: [1, 3, 2, 2], floats: Array(repeating: 1, count: 12))])
    let model = try quantizer.finish()
    let error = #expect(throws: GraphError.self) { try Lowering.lower(model) }
    #expect(error?.message.contains("every axis but the batch must be a number") == true)
  }
}
