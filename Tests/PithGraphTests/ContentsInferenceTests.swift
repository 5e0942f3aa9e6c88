import PithGraph
import Testing

@Suite("Inference: elements of shapes")
struct ContentsInferenceTests {
  static let cases: [InferenceCase] = [
    .knows(ShapeOf(), [["N", 3, 4]], ["N", 3, 4]),
    .knows(ShapeOf(start: 1), [["N", 3, 4]], [3, 4]),
    .knows(ShapeOf(start: -2, end: -1), [["N", 3, 4]], [3]),
    .knows(ShapeOf(start: Int.min, end: Int.max), [["N", 3]], ["N", 3]),
    .knows(ShapeOf(start: 2, end: 1), [["N", 3, 4]], []),
    .knows(Gather(), [.known("N", 3, 4), .ints(0, -1)], ["N", 4]),
    .knows(Gather(), [.known("N", 3, 4), .constant(Tensor(shape: [], ints: [1]))], [3]),
    .knows(Gather(), [.known("N", 3, 4), .unknown(1)], nil),
    .knows(Slice(), [.known("N", 3, 4), .ints(-1), .ints(Int.min), .absent, .ints(-2)], [4, "N"]),
    .knows(Split(axis: 0, partCount: 2), [.known("N", 3, 4)], ["N", 3]),
    .knows(Concat(axis: 0), [.known("N"), .ints(-1), .known(3, "M")], ["N", -1, 3, "M"]),
    .knows(Concat(axis: 0), [.known("N"), .unknown(1)], nil),
    .knows(Unsqueeze(), [.type(ValueType(.int64, [], contents: ["N"])), .ints(0)], ["N"]),
    .knows(Squeeze(), [.known("N"), .ints(0)], ["N"]),
    .knows(Reshape(), [.known("N"), .ints([])], ["N"]),
    .knows(Identity(), [.known("N", 2)], ["N", 2]),
    .knows(Cast(to: .int32), [.known("N", 2)], ["N", 2]),
    .knows(Cast(to: .float32), [.known(3, 2)], nil),
    .knows(Cast(to: .bool), [.known(3, 2)], nil),
    .knows(Cast(to: .uint8), [.known(3, -2)], nil),
    .knows(Cast(to: .int32), [.known(1, .fixed(1 << 31))], nil),
    .knows(Add(), [.known(3, 2), .ints(1)], [4, 3]),
    .knows(Sub(), [.known(3, 2), .known(1, 5)], [2, -3]),
    .knows(Mul(), [.ints(4), .known(3, 2)], [12, 8]),
    .knows(Div(), [.known(7, -7), .ints(2)], [3, -3]),
    .knows(Div(), [.known(7), .ints(0)], nil),
    .knows(Div(), [.known(.fixed(Int.min)), .ints(-1)], nil),
    .knows(Mul(), [.known(.fixed(Int.max)), .ints(2)], nil),
    .knows(Add(), [.known(.fixed(Int.max)), .ints(1)], nil),
    .knows(Add(), [.known("N"), .ints(1)], nil),
    .knows(Constant(tensor: Tensor(ints: [1, 2])), [], [1, 2]),
    .knows(Relu(), [[2]], nil),
  ]

  @Test(arguments: cases) func contents(_ example: InferenceCase) throws { try example.check() }

  @Test func longVectorsAreNotRemembered() {
    #expect(Tensor(ints: Array(0..<1024)).type.contents?.count == 1024)
    #expect(Tensor(ints: Array(0..<1025)).type.contents == nil)
  }

  @Test func sizesThatDoubleOverAndOverAreAnError() throws {
    for dimension in [Dimension.symbolic("N"), .fixed(2)] {
      var graph = Graph()
      var x = graph.addInput("x", ValueType(.float32, [dimension, 2]))
      for _ in 0..<60 { x = graph.add(Concat(axis: 0), [x, x], name: "double")[0] }
      graph.markOutput(x)
      let error = #expect(throws: GraphError.self) { try graph.inferTypes() }
      #expect(error?.message.contains("too large") == true)
      #expect((error?.message.count ?? 0) < 400)
    }
  }

  @Test func shapesThatDoubleOverAndOverEnd() throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, ["N", 2]))
    var shape = graph.add(ShapeOf(), [x])[0]
    for _ in 0..<36 { shape = graph.add(Concat(axis: 0), [shape, shape])[0] }
    graph.markOutput(shape)
    try graph.inferTypes()
    #expect(graph[shape].type == ValueType(.int64, [.fixed(1 << 37)]))
  }

  @Test(arguments: [[Int.max, 1], [1 << 40, 1], [1 << 30, 1 << 30], [-1, 2]])
  func inputsBeyondReasonAreAnError(sizes: [Int]) throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, Shape([1, 1] + sizes)))
    let window = Window(kernel: [1, 1], strides: [2, 2], padding: .sameUpper)
    graph.markOutput(graph.add(MaxPool(window: window), [x])[0])
    #expect(throws: GraphError.self) { try graph.inferTypes() }
  }
}
