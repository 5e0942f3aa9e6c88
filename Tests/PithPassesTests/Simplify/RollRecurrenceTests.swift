import PithGraph
import Testing

@testable import PithPasses

@Suite("Simplify: recurrent layers written out step by step")
struct RollRecurrenceTests {
  private enum Cutting: CaseIterable { case slice, split, gather }

  /// What PyTorch's newer exporter makes of an `nn.RNN` of four steps, three inputs and five states.
  private struct Unrolled {
    var b = GraphBuilder()
    var states: [ValueID] = []
    var all: ValueID

    init(
      _ cutting: Cutting = .slice, reversed: Bool = false, relu: Bool = false, biases: Bool = true,
      other weights: Int? = nil
    ) {
      let count = 4
      let x = b.input([.fixed(count), "N", 3])
      let initial = b.input([1, "N", 5], "h")
      var sequence = b.add(MatMul(), x, b.constant([3, 5], "W"))
      if biases { sequence = b.add(Add(), sequence, b.constant([5], "b")) }
      let steps = Self.cut(&b, sequence, cutting, count)
      let (r, c) = (b.constant([5, 5], "R"), b.constant([5], "c"))
      let otherR = b.constant([5, 5], "other")
      var h = initial
      for index in reversed ? Array(steps.indices.reversed()) : Array(steps.indices) {
        var product = b.add(MatMul(), h, index == weights ? otherR : r)
        if biases { product = b.add(Add(), product, c) }
        h = b.add(relu ? Relu() : Tanh(), b.add(Add(), product, steps[index]))
        states.append(h)
      }
      all =
        b.graph.add(
          Concat(axis: 0), reversed ? states.reversed() : states, name: "cat", outputs: ["all"])[0]
    }

    static func cut(_ b: inout GraphBuilder, _ x: ValueID, _ cutting: Cutting, _ count: Int) -> [ValueID] {
      switch cutting {
      case .slice:
        return (0..<count).map { index in
          let part = b.add(Slice(), x, b.ints([index]), b.ints([index + 1]), b.ints([0]))
          return b.add(Squeeze(), part, b.ints([0]))
        }
      case .split:
        let parts = b.graph.add(
          Split(axis: 0, partCount: count), [x], name: "split", outputs: (0..<count).map { "part\($0)" })
        return parts.map { b.add(Squeeze(), $0, b.ints([0])) }
      case .gather:
        return (0..<count).map { index in
          let at = b.constant(Tensor(shape: [], storage: .int64([Int64(index)])))
          return b.add(Gather(axis: 0), x, at)
        }
      }
    }
  }

  @Test(arguments: Cutting.allCases, [false, true])
  private func stepsBecomeALayer(cutting: Cutting, reversed: Bool) throws {
    var unrolled = Unrolled(cutting, reversed: reversed)
    let graph = try simplified(unrolled.b.build(unrolled.all), by: [RemoveDeadNodes(), RollRecurrence()])
    #expect(graph.operators == ["RNN", "Squeeze"])
    #expect(
      graph.first(RNN.self)
        == RNN(hiddenSize: 5, direction: reversed ? .reverse : .forward, activations: [.tanh]))
    #expect(graph.constant(of: RNN.self, 1)?.shape == [1, 5, 3])
    #expect(graph.constant(of: RNN.self, 3)?.shape == [1, 10])
  }

  @Test func reluAndNoBiasesAreRecognized() throws {
    var unrolled = Unrolled(relu: true, biases: false)
    let graph = try simplified(unrolled.b.build(unrolled.all), by: [RemoveDeadNodes(), RollRecurrence()])
    #expect(graph.first(RNN.self)?.activations == [.relu])
    #expect(graph.constant(of: RNN.self, 3) == nil)
  }

  @Test func simplifyRollsUpBeforeItTakesApart() throws {
    var unrolled = Unrolled(relu: true)
    let graph = try Simplify.run(unrolled.b.build(unrolled.all)).graph
    #expect(graph.nodes.count == 2 && graph.first(RNN.self) != nil)
  }

  @Test func theLastStateIsTheLayersSecondOutput() throws {
    var unrolled = Unrolled()
    let end = unrolled.b.add(Sigmoid(), unrolled.states[3])
    let graph = try simplified(
      unrolled.b.build(unrolled.all, end), by: [RemoveDeadNodes(), RollRecurrence()])
    #expect(graph.operators.sorted() == ["RNN", "Sigmoid", "Squeeze"])
  }

  @Test func aStateInTheMiddleIsStillComputed() throws {
    var unrolled = Unrolled()
    let graph = try simplified(
      unrolled.b.build(unrolled.all, unrolled.states[1]), by: [RemoveDeadNodes(), RollRecurrence()])
    #expect(graph.operators.filter { $0 == "Tanh" }.count == 2 && graph.first(RNN.self) != nil)
  }

  @Test func stepsThatDifferStay() throws {
    var otherWeights = Unrolled(other: 2)
    try expectUntouched(otherWeights.b.build(otherWeights.all), by: RollRecurrence())
    var mixed = Unrolled()
    let swapped = [0, 2, 1, 3].map { mixed.states[$0] }
    let all = mixed.b.graph.add(Concat(axis: 0), swapped, name: "mixed", outputs: ["mixed"])[0]
    try expectUntouched(mixed.b.build(all), by: RollRecurrence())
    var part = Unrolled()
    let some = part.b.graph.add(Concat(axis: 0), Array(part.states[1...2]), name: "some", outputs: ["some"])[
      0]
    try expectUntouched(part.b.build(some), by: RollRecurrence())
  }
}
