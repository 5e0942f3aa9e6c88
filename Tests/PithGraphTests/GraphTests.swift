import PithGraph
import Testing

@Suite("Graphs: verification and specialization")
struct GraphTests {
  /// x → Relu → y, with what a test spoils.
  private func verified(_ spoil: (inout Graph, _ x: ValueID, _ y: ValueID) -> Void) throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, ["N", 3]))
    let y = graph.add(Relu(), [x], name: "relu", outputs: ["y"])[0]
    graph.markOutput(y)
    spoil(&graph, x, y)
    try graph.verify()
  }

  private func message(_ spoil: (inout Graph, _ x: ValueID, _ y: ValueID) -> Void) -> String {
    do {
      try verified(spoil)
      return "no error"
    } catch { return String(describing: error) }
  }

  @Test func aGraphVerifies() throws { try verified { _, _, _ in } }

  @Test func eachViolationIsNamed() {
    #expect(
      message { graph, x, _ in
        let a = graph.addValue("a")
        let b = graph.add(Tanh(), [a], name: "early")[0]
        graph.addNode(Tanh(), inputs: [x], outputs: [a], name: "late")
        graph.markOutput(b)
      } == "node 'early': operand 'a' is used before it is computed")
    #expect(
      message { graph, x, y in graph.addNode(Tanh(), inputs: [x], outputs: [y], name: "again") }
        == "node 'again': value 'y' is computed twice")
    #expect(
      message { graph, x, y in graph.addNode(Tanh(), inputs: [y], outputs: [x], name: "back") }
        == "node 'back': value 'x' is computed twice")
    #expect(
      message { graph, _, _ in graph.add(Tanh(), [ValueID(99)], name: "nowhere") }
        == "node 'nowhere': an operand does not exist")
    #expect(
      message { graph, x, _ in graph.addNode(Tanh(), inputs: [x], outputs: [ValueID(99)], name: "nowhere") }
        == "node 'nowhere': an output does not exist")
    #expect(
      message { graph, _, _ in graph.markOutput(graph.addValue("z")) } == "output 'z' is never computed")
    #expect(message { graph, _, _ in graph.markOutput(ValueID(99)) } == "an output does not exist")
    #expect(message { graph, _, _ in graph.replaceOutputs([]) } == "the graph has no outputs")
    #expect(
      message { graph, x, _ in graph.add(Transpose(permutation: [0]), [x], name: "wrong") }
        .hasPrefix("node 'wrong': [0] is not a permutation"))
    #expect(
      message { graph, x, y in
        let c = graph.addConstant("c", Tensor(1))
        graph.addNode(Tanh(), inputs: [x], outputs: [c], name: "over")
      } == "node 'over': value 'c' is computed twice")
  }

  @Test func anInputMayBeAnOutput() {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, [1]))
    graph.markOutput(x)
    #expect(throws: Never.self) { try graph.verify() }
  }

  @Test func aNodeWithoutANameIsCalledByItsOperator() {
    #expect(
      message { graph, _, _ in graph.add(Tanh(), [ValueID(99)]) } == "node 'Tanh': an operand does not exist")
  }

  @Test func namesGetSizes() throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, ["N", "H", 3]))
    let y = graph.add(Flatten(), [x])[0]
    graph.markOutput(y)
    try graph.inferTypes()
    #expect(graph[y].type?.shape == ["N", "3*H"])
    #expect(try graph.specialized(batch: 4)[y].type?.shape == [4, "3*H"])
    #expect(try graph.specialized(["H": 5, "other": 1])[y].type?.shape == ["N", 15])
    #expect(throws: GraphError.self) { try graph.specialized(["H": -1]) }
  }

  @Test func parametersAreCountedOnce() throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, ["N", 3]))
    let c = graph.addConstant("c", Tensor(shape: [3], floats: [1, 2, 3]))
    graph.addConstant("unused", Tensor(shape: [2], floats: [1, 2]))
    let y = graph.add(Mul(), [graph.add(Add(), [x, c])[0], c])[0]
    graph.markOutput(y)
    #expect(graph.parameterCount == 3)
  }
}

@Suite("Tensors")
struct TensorTests {
  @Test func stridesAreRowMajor() {
    #expect(Tensor.strides(of: [2, 3, 4]) == [12, 4, 1])
    #expect(Tensor.strides(of: []) == [])
  }

  @Test func elementCountsDoNotOverflow() {
    #expect(Shape.elementCount([2, 3]) == 6)
    #expect(Shape.elementCount([]) == 1)
    #expect(Shape.elementCount([0, Int.max]) == 0)
    #expect(Shape.elementCount([2, Int.max]) == nil)
    #expect(Shape.elementCount([-1]) == nil)
  }

  @Test func floatsChangeInPlace() {
    var tensor = Tensor(shape: [2], floats: [1, 2])
    tensor.withMutableFloats { $0[1] = 5 }
    #expect(tensor.floats == [1, 5])
    #expect(tensor.reshaped([1, 2]).shape == [1, 2])
    #expect(tensor.byteCount == 8)
  }

  @Test func activationsHaveBounds() {
    #expect(Activation.relu.bounds == 0...Float.infinity)
    #expect(Activation.clip(0, 6).bounds == 0...6)
    #expect(Activation.clip(6, 0).bounds == 6...6)
  }
}
