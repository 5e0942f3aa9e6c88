import PithGraph
import Testing

@testable import PithPasses

@Suite("Simplify: transposes")
struct TransposeTests {
  static let toChannelsFirst = Transpose(permutation: [0, 3, 1, 2])
  static let toChannelsLast = Transpose(permutation: [0, 2, 3, 1])

  @Test func twoTransposesBecomeOneOrNone() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 3, 4])
    let y = b.add(Tanh(), x)
    let once = b.add(Transpose(permutation: [0, 2, 3, 1]), b.add(Transpose(permutation: [1, 0, 2, 3]), y))
    let graph = try simplified(b.build(once))
    #expect(graph.operators == ["Tanh", "Transpose"])
    #expect(graph.first(Transpose.self)?.permutation == [1, 2, 3, 0])
    let none = b.add(Self.toChannelsLast, b.add(Self.toChannelsFirst, y))
    #expect(try simplified(b.build(b.add(Sigmoid(), none))).operators == ["Tanh", "Sigmoid"])
  }

  @Test func oppositeTransposesBetweenTwoNamesStayOne() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 3, 4])
    let y = b.add(Self.toChannelsLast, b.add(Self.toChannelsFirst, x))
    let graph = try simplified(b.build(y))
    #expect(graph.operators.count == 1)
  }

  @Test func aTransposeOfUnitAxesIsAReshape() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 5, 1, 1])
    let y = b.add(Tanh(), b.add(Self.toChannelsLast, x))
    let graph = try simplified(b.build(y))
    #expect(!graph.operators.contains("Transpose"))
    try expectUntouched(b.build(b.add(Transpose(permutation: [1, 0, 2, 3]), x)), by: TransposeToReshape())
  }

  @Test func theSandwichOfChannelsLastExportersDisappears() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 8, 8, 3])
    var y = b.add(Self.toChannelsFirst, x)
    y = b.conv(y, weights: [4, 3, 3, 3], bias: false)
    y = b.add(Self.toChannelsLast, y)
    y = b.add(Relu(), b.add(Add(), y, b.constant([4])))
    let skip = y
    y = b.add(Self.toChannelsFirst, y)
    y = b.conv(y, weights: [4, 4, 3, 3], Conv(padding: .sameUpper))
    y = b.add(Self.toChannelsLast, y)
    y = b.add(Add(), skip, y)
    y = b.add(Mul(), b.add(Sigmoid(), y), y)
    y = b.add(Concat(axis: 3), y, skip)
    y = b.add(ReduceMean(keepsDimensions: false), y, b.ints([1, 2]))
    y = b.add(Softmax(), b.add(MatMul(), y, b.constant([8, 5])))
    let graph = try simplified(b.build(y))
    #expect(
      graph.operators == [
        "Transpose", "Conv", "Conv", "Add", "Sigmoid", "Mul", "Concat", "GlobalAveragePool", "Flatten",
        "Gemm",
        "Softmax",
      ])
  }

  @Test(arguments: [
    ["Relu"], ["Clip"], ["LeakyRelu"], ["Sigmoid"], ["Tanh"], ["HardSigmoid"], ["HardSwish"], ["Pad"],
    ["Slice"],
    ["Softmax"], ["ReduceMean"], ["ReduceMean keeping"], ["Concat"], ["Add"], ["Sub"], ["Mul"], ["Div"],
    ["twice"],
    ["scalar"],
  ])
  func transposesSinkThrough(kind: [String]) throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 3, 4])
    let t = b.add(Self.toChannelsLast, x)
    let c = b.constant([4, 2], in: 1...2)
    let y: ValueID
    switch kind[0] {
    case "Relu": y = b.add(Relu(), t)
    case "Clip": y = b.clip(t, -0.5, 0.5)
    case "LeakyRelu": y = b.add(LeakyRelu(), t)
    case "Sigmoid": y = b.add(Sigmoid(), t)
    case "Tanh": y = b.add(Tanh(), t)
    case "HardSigmoid": y = b.add(HardSigmoid(), t)
    case "HardSwish": y = b.add(HardSwish(), t)
    case "Pad": y = b.add(Pad(), t, b.ints([1, 2, 3, 4]), b.scalar(0.5), b.ints([1, -1]))
    case "Slice": y = b.add(Slice(), t, b.ints([1, 0]), b.ints([2, 1]), b.ints([1, -1]))
    case "Softmax": y = b.add(Softmax(axis: -1), t)
    case "ReduceMean": y = b.add(ReduceMean(keepsDimensions: false), t, b.ints([2]))
    case "ReduceMean keeping": y = b.add(ReduceMean(keepsDimensions: true), t, b.ints([1, -1]))
    case "Concat": y = b.add(Concat(axis: -1), t, b.constant(b.random.tensor([3, 3, 4, 2])), t)
    case "Add": y = b.add(Add(), c, t)
    case "Sub": y = b.add(Sub(), t, c)
    case "Mul": y = b.add(Mul(), c, t)
    case "Div": y = b.add(Div(), t, c)
    case "twice": y = b.add(Mul(), t, t)
    default: y = b.add(Mul(), t, b.input([1], "s"))
    }
    if kind == ["Concat"] {
      // A constant has a batch, so the other parts need one too.
      let fixed = try b.build(y).specialized(batch: 3)
      _ = try expectSunk(fixed)
    } else {
      _ = try expectSunk(b.build(y))
    }
  }

  private func expectSunk(_ graph: Graph) throws -> Graph {
    let result = try simplified(graph, by: [SinkTranspose(), RemoveDeadNodes()])
    #expect(result.operators.last == "Transpose")
    #expect(result.operators.filter { $0 == "Transpose" }.count == 1)
    return result
  }

  @Test func transposesThatOthersReadStay() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 3, 4])
    let t = b.add(Self.toChannelsLast, x)
    let y = b.add(Relu(), t)
    try expectUntouched(b.build(y, t), by: SinkTranspose())
    try expectUntouched(b.build(y, b.add(Tanh(), t)), by: SinkTranspose())
  }

  @Test func aSharedTransposeSinksWhereAllItsReadersMeet() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 3, 4])
    let t = b.add(Self.toChannelsLast, x)
    let y = b.add(Mul(), t, b.add(Sigmoid(), t))
    let graph = try expectSunk(b.build(b.add(Concat(axis: 3), y, t)))
    #expect(graph.operators == ["Sigmoid", "Mul", "Concat", "Transpose"])
  }

  @Test func aTransposeSinksAtLeastToWhereItsReadersPart() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 3, 4])
    let y = b.add(Relu(), b.add(Self.toChannelsLast, b.conv(x, weights: [2, 2, 1, 1])))
    let graph = try simplified(b.build(b.add(Tanh(), y), b.add(Sigmoid(), y)))
    #expect(graph.operators == ["Conv", "Transpose", "Tanh", "Sigmoid"])
    #expect(graph.first(Conv.self)?.activation == .relu)
  }

  @Test func transposesOfDifferentOrderStay() throws {
    var b = GraphBuilder()
    let x = b.input([2, 3, 3, 3])
    let y = b.add(Add(), b.add(Self.toChannelsLast, x), b.add(Self.toChannelsFirst, x))
    try expectUntouched(b.build(y), by: SinkTranspose())
  }

  @Test func aComputedOtherSideStays() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 3, 4])
    let y = b.add(Add(), b.add(Self.toChannelsLast, x), b.input(["N", 3, 4, 2], "other"))
    try expectUntouched(b.build(y), by: SinkTranspose())
  }

  @Test func aTransposeDoesNotPassBatchNorm() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 4, 4, 4])
    let y = b.batchNorm(b.add(Self.toChannelsLast, x), channels: 4)
    try expectUntouched(b.build(y), by: SinkTranspose())
  }

  @Test func flatteningChannelsLastGoesIntoTheWeights() throws {
    var b = GraphBuilder()
    let x = b.input(["N", 2, 3, 4])
    var y = b.conv(x, weights: [5, 2, 1, 1])
    y = b.add(Reshape(), b.add(Self.toChannelsLast, y), b.ints([-1, 60]))
    let graph = try simplified(b.build(b.add(MatMul(), y, b.constant([60, 7]))))
    #expect(graph.operators == ["Conv", "Flatten", "Gemm"])
  }

  @Test func aTransposeOfTheBatchStaysBeforeAGemm() throws {
    var b = GraphBuilder()
    let x = b.input([4, 2, 3])
    let y = b.add(Flatten(), b.add(Transpose(permutation: [1, 0, 2]), x))
    try expectUntouched(
      b.build(b.add(Gemm(transposesB: true), y, b.constant([5, 12]))), by: FoldTransposeIntoGemm())
  }
}
