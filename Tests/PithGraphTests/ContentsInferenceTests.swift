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
    .knows(Cast(to: .bool), [.known(3, 0, "N")], [1, 0, 1]),
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
    .knows(Add(), [.known("N"), .ints(1)], ["N+1"]),
    .knows(Add(), [.known("N-2", "2*N"), .ints(1)], ["N-1", "2*N+1"]),
    .knows(Sub(), [.known("N+1", "N", "M"), .known(1, "N", 0)], ["N", 0, "M"]),
    .knows(Mul(), [.known("N", "2*N", "N+1"), .ints(3)], ["3*N", "6*N", "3*(N+1)"]),
    .knows(Mul(), [.known("N", "M"), .known("M", "N")], ["M*N", "M*N"]),
    .knows(Div(), [.known("6*N", "N", "N", "4*(N+1)"), .known(2, 2, "N", 4)], ["3*N", "N/2", 1, "N+1"]),
    .knows(Div(), [.known("N"), .known("M")], nil),
    .knows(Equal(), [.known("N", "N", "M", 2), .known(-1, "N", 0, 2)], [0, 1, 0, 1]),
    .knows(Equal(), [.known("N"), .ints(1)], nil),
    .knows(Less(), [.known("N", 1), .ints(0, 2)], [0, 1]),
    .knows(
      Where(), [.type(ValueType(.bool, [2], contents: [1, 0])), .known("N"), .known("M", 7)], ["N", 7]),
    .knows(Expand(), [.known("N"), .ints(3)], ["N", "N", "N"]),
    .knows(ReduceProd(), [.known(2, 3, 4)], [24]),
    .knows(ReduceProd(keepsDimensions: false), [.known(2, .fixed(Int.max))], nil),
    .knows(ReduceMax(), [.known(2, 5), .ints(0)], [5]),
    .knows(Mod(), [.known(7, -7), .ints(4)], [3, 1]),
    .knows(Mod(truncates: true), [.known(7, -7), .ints(4)], [3, -3]),
    .knows(Max(), [.known(7, -7), .ints(4)], [7, 4]),
    .knows(Neg(), [.known(7, -7)], [-7, 7]),
    .knows(NumberRange(), [.known(1), .known(8), .known(3)], [1, 4, 7]),
    .knows(NumberRange(), [.known(4), .known(0), .known(-2)], [4, 2]),
    .knows(Not(), [.type(ValueType(.bool, [2], contents: [1, 0]))], [0, 1]),
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

  @Test func namesThatDoubleOverAndOverAreForgotten() throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, ["N", 2]))
    var shape = graph.add(ShapeOf(end: 1), [x])[0]
    for index in 0..<60 { shape = graph.add(index % 2 == 0 ? Mul() : Add(), [shape, shape])[0] }
    graph.markOutput(shape)
    try graph.inferTypes()
    #expect(graph[shape].type == ValueType(.int64, [1]))
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
