import PithGraph
import Testing

@testable import PithPasses

@Suite("Simplify: reshapes")
struct ReshapeTests {
  @Test func theShapeIdiomOfExportersBecomesAFlatten() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3, 4, 5])
    let batch = b.add(Gather(), b.add(ShapeOf(), x), b.constant(Tensor(shape: [], ints: [0])))
    let row = b.add(Unsqueeze(), batch, b.ints([0]))
    let shape = b.add(Concat(axis: 0), row, b.ints([-1]))
    let graph = try simplified(b.build(b.add(Reshape(), x, shape, name: "view")))
    #expect(graph.operators == ["Flatten"])
    #expect(graph.nodes[0].name == "view")
    #expect(graph.nodes[0].inputs.count == 1)
  }

  @Test func theShapeIdiomBecomesAConstantShape() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 12, 5])
    let shape = b.add(
      Concat(axis: 0), b.add(Slice(), b.add(ShapeOf(), x), b.ints([0]), b.ints([1])), b.ints([3, 4, 5]))
    let graph = try simplified(b.build(b.add(Reshape(), x, shape)))
    #expect(graph.operators == ["Reshape"])
    #expect(graph.constant(of: Reshape.self, 1) == Tensor(ints: [0, 3, 4, 5]))
  }

  @Test func aSymbolicAxisElsewhereBecomesAWildcard() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 12])
    let shape = b.add(Concat(axis: 0), b.ints([12]), b.add(ShapeOf(start: 0, end: 1), x))
    let graph = try simplified(b.build(b.add(Reshape(), x, shape)))
    #expect(graph.operators == ["Reshape"])
    #expect(graph.constant(of: Reshape.self, 1) == Tensor(ints: [12, -1]))
  }

  @Test func twoUnknownAxesThatMoveStay() throws {
    var b = GraphBuilder()
    let x = b.input(["N", "T", 4])
    let n = b.add(ShapeOf(start: 0, end: 1), x)
    let t = b.add(ShapeOf(start: 1, end: 2), x)
    let y = b.add(Reshape(), x, b.add(Concat(axis: 0), t, n, b.ints([4])))
    try expectUntouched(b.build(y), by: SpecifyReshape())
  }

  @Test func consecutiveReshapesMerge() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 3, 4])
    var y = b.add(Flatten(), x)
    y = b.add(Reshape(), y, b.ints([0, 4, 6]))
    y = b.add(Unsqueeze(), y, b.ints([1]))
    y = b.add(Squeeze(), y, b.ints([1]))
    y = b.add(Reshape(), y, b.ints([-1, 6, 4]))
    let graph = try simplified(b.build(y))
    #expect(graph.operators == ["Reshape"])
    #expect(graph.constant(of: Reshape.self, 1) == Tensor(ints: [0, 6, 4]))
  }

  @Test func reshapesThatUndoEachOtherGo() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 6])
    let y = b.add(Unsqueeze(), b.add(Tanh(), x), b.ints([2]))
    let graph = try simplified(b.build(b.add(Squeeze(), y)))
    #expect(graph.operators == ["Tanh"])
  }

  @Test func anIntermediateShapeThatOthersReadStays() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 6])
    let y = b.add(Flatten(), x)
    let z = b.add(Reshape(), y, b.ints([0, 3, 4]))
    let graph = try simplified(b.build(z, b.add(Relu(), y)))
    #expect(graph.operators.sorted() == ["Flatten", "Relu", "Reshape"])
  }
}
