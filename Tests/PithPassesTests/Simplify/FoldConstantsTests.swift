import PithGraph
import Testing

@testable import PithPasses

@Suite("Simplify: constants, dead code, identities")
struct FoldConstantsTests {
  @Test func constantNodesBecomeValues() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2])
    let c = b.add(Constant(tensor: Tensor(shape: [2], floats: [1, 2])))
    let graph = try simplified(b.build(b.add(Mul(), x, c)))
    #expect(graph.operators == ["Mul"])
  }

  @Test func knownShapesBecomeConstants() throws {
    var b = GraphBuilder()
    let x = b.input([2, 3, 4])
    let shape = b.add(ShapeOf(), x)
    let picked = b.add(Gather(), shape, b.ints([1, 2]))
    let graph = try simplified(b.build(picked))
    #expect(graph.operators.isEmpty)
    #expect(graph[graph.outputs[0]].constant == Tensor(ints: [3, 4]))
  }

  @Test func anUnknownShapeStays() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3, 4])
    try expectUntouched(b.build(b.add(ShapeOf(), x)), by: FoldKnownContents())
  }

  @Test func deadNodesGo() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2])
    _ = b.add(Sigmoid(), b.add(Tanh(), x))
    let unused = b.constant([100], "unused")
    let y = b.add(Relu(), x)
    let graph = try simplified(b.build(y))
    #expect(graph.operators == ["Relu"])
    #expect(!graph.values.contains { $0.name == "unused" })
    #expect(graph.parameterCount == 0)
    _ = unused
  }

  @Test func identitiesGo() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2])
    var y = b.add(Tanh(), b.add(Identity(), x))
    y = b.add(Dropout(), y, b.scalar(0.5))
    y = b.add(Cast(to: .float32), y)
    let graph = try simplified(b.build(b.add(Sigmoid(), y)))
    #expect(graph.operators == ["Tanh", "Sigmoid"])
  }

  @Test func theNodeBeforeAnIdentityTakesOverTheOutput() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2])
    let y = b.add(Tanh(), x, name: "tanh")
    let z = b.add(Identity(), y, name: "result")
    let graph = try simplified(b.build(z))
    #expect(graph.operators == ["Tanh"])
    #expect(graph.nodes[0].name == "tanh")
    #expect(graph[graph.outputs[0]].name == "result.y")
  }

  @Test func anIdentityBetweenTwoNamesStays() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2])
    let renamed = b.add(Identity(), x)
    try expectUntouched(b.build(renamed), by: RemoveIdentity())
    b = GraphBuilder()
    let y = b.add(Tanh(), b.input(["N", 2]))
    try expectUntouched(b.build(b.add(Identity(), y), y), by: RemoveIdentity())
  }

  @Test func castToAnotherTypeStays() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2], "x", .int32)
    try expectUntouched(b.build(b.add(Cast(to: .float32), x)), by: RemoveIdentity())
  }

  @Test func noOpsGo() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3, 1, 4])
    var y = b.add(Tanh(), x)
    y = b.add(Reshape(), y, b.ints([0, 3, 1, 4]))
    y = b.add(Pad(), y, b.ints([0, 0, 0, 0, 0, 0, 0, 0]))
    y = b.add(Transpose(permutation: [0, 1, 2, 3]), y)
    y = b.add(Slice(), y, b.ints([0, 0]), b.ints([Int.max, 3]), b.ints([0, 1]))
    y = b.add(Concat(axis: 1), y)
    y = b.add(Add(), y, b.scalar(0))
    y = b.add(Mul(), b.scalar(1), y)
    y = b.add(Sub(), y, b.scalar(0))
    y = b.add(Div(), y, b.scalar(1))
    y = b.add(ReduceMean(), y, b.ints([2]))
    y = b.add(MaxPool(window: Window(kernel: [1, 1])), y)
    y = b.add(AveragePool(window: Window(kernel: [1, 1])), y)
    let graph = try simplified(b.build(b.add(Sigmoid(), y)))
    #expect(graph.operators == ["Tanh", "Sigmoid"])
  }

  @Test func whatOnlyLooksLikeANoOpStays() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 3, 1, 4])
    let rule = RemoveNoOp()
    try expectUntouched(b.build(b.add(Pad(), x, b.ints([0, 0, 0, 1, 0, 0, 0, -1]))), by: rule)
    try expectUntouched(
      b.build(b.add(Slice(), x, b.ints([-1]), b.ints([Int.min]), b.ints([3]), b.ints([-1]))), by: rule)
    // Enlarges by broadcasting.
    try expectUntouched(
      b.build(b.add(Mul(), x, b.constant(Tensor(shape: [5, 1, 1, 1, 1], floats: [1, 1, 1, 1, 1])))), by: rule)
    try expectUntouched(b.build(b.add(Sub(), b.scalar(0), x)), by: rule)
    try expectUntouched(b.build(b.add(Add(activation: .relu), x, b.scalar(0))), by: rule)
    try expectUntouched(
      b.build(b.add(MaxPool(window: Window(kernel: [1, 1], strides: [1, 4])), x)), by: rule)
    try expectUntouched(b.build(b.add(Transpose(permutation: [0, 1, 3, 2]), x)), by: rule)
  }
}
