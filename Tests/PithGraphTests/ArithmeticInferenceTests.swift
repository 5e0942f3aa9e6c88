import PithGraph
import Testing

@Suite("Inference: arithmetic")
struct ArithmeticInferenceTests {
  static let unary: [InferenceCase] =
    ([
      Relu(), LeakyRelu(), Sigmoid(), Tanh(), HardSigmoid(), HardSwish(), Softmax(), Clip(), Identity(),
      Dropout(),
    ] as [any Operator]).flatMap { op -> [InferenceCase] in
      [
        .gives(op, [["N", 3, "W"]], ["N", 3, "W"]), .fails(op, [], "operands, but takes 1 to"),
        .fails(op, [.absent], "operand 0 is missing"),
      ]
    }
    + ([Relu(), LeakyRelu(), Sigmoid(), Tanh(), HardSigmoid(), HardSwish(), Softmax(), Dropout()]
    as [any Operator])
    .map { .fails($0, [.typed(.int32, ["N", 3])], "must be floating-point") } + [
      .gives(Softmax(axis: 0), [["N", 3]], ["N", 3]),
      .fails(Softmax(axis: 2), [["N", 3]], "axis 2 does not exist"),
      .fails(Softmax(), [[]], "axis -1 does not exist"),
      .gives(Clip(), [["N", 3], .scalar(0), .scalar(6)], ["N", 3]),
      .gives(Clip(), [["N", 3], .absent, .scalar(6)], ["N", 3]),
      .gives(Clip(), [.typed(.int32, ["N", 3])], .int32, ["N", 3]),
      .fails(Clip(), [["N", 3], .ints(0)], "operand 1 must be float32"),
      .fails(Clip(), [["N", 3], .absent, .ints(0)], "operand 2 must be float32"),
      .gives(Identity(), [.typed(.bool, ["N"])], .bool, ["N"]),
      .gives(Cast(to: .int64), [["N", 3]], .int64, ["N", 3]),
      .gives(Cast(to: .float32), [.typed(.uint8, ["N", 3])], ["N", 3]),
      .fails(Cast(to: .float32), [["N"], ["N"]], "has 2 operands"),
      .gives(Constant(tensor: Tensor(shape: [2], floats: [1, 2])), [], [2]),
      .fails(Relu(), [["N"], ["N"]], "has 2 operands, but takes 1 to 1"),
    ]

  static let binary: [InferenceCase] = ([Add(), Sub(), Mul(), Div()] as [any Operator]).flatMap { op in
    [
      .gives(op, [["N", 3], ["N", 3]], ["N", 3]),
      .gives(op, [["N", 3, 4], [3, 1]], ["N", 3, 4]),
      .gives(op, [[3, 1], ["N", 1, 4]], ["N", 3, 4]),
      .gives(op, [[], ["N"]], ["N"]),
      .gives(op, [["N"], [5]], [5]),
      .gives(op, [[0], [1]], [0]),
      .gives(op, [.typed(.int32, [2]), .typed(.int32, [2])], .int32, [2]),
      .fails(op, [["N", 3], ["N", 4]], "do not broadcast"),
      .fails(op, [["N"], ["M"]], "do not broadcast"),
      .fails(op, [[2], .ints(1, 2)], "operands are float32 and int64"),
      .fails(op, [[2]], "has 1 operands"),
    ] as [InferenceCase]
  }

  static let products: [InferenceCase] = [
    .gives(MatMul(), [["N", 4], [4, 5]], ["N", 5]),
    .gives(MatMul(), [["N", 2, 3, 4], [4, 5]], ["N", 2, 3, 5]),
    .gives(MatMul(), [["N", 1, 3, 4], [2, 4, 5]], ["N", 2, 3, 5]),
    .gives(MatMul(), [[4], [4, 5]], [5]),
    .gives(MatMul(), [["N", 4], [4]], ["N"]),
    .gives(MatMul(), [[4], [4]], []),
    .gives(MatMul(), [["N", "K"], [4, 5]], ["N", 5]),
    .fails(MatMul(), [["N", 3], [4, 5]], "do not multiply"),
    .fails(MatMul(), [[2, 3, 4], [3, 4, 5]], "do not broadcast"),
    .fails(MatMul(), [[], [4]], "a scalar cannot"),
    .gives(Gemm(), [["N", 4], [4, 5]], ["N", 5]),
    .gives(Gemm(transposesB: true), [["N", 4], [5, 4], [5]], ["N", 5]),
    .gives(Gemm(transposesA: true), [[4, "N"], [4, 5], ["N", 1]], ["N", 5]),
    .gives(Gemm(), [["N", 4], [4, 5], []], ["N", 5]),
    .fails(Gemm(), [["N", 4, 1], [4, 5]], "2 axes are needed"),
    .fails(Gemm(), [["N", 4], [5, 4]], "cannot be multiplied"),
    .fails(Gemm(transposesA: true), [[3, 4], [4, 5]], "cannot be multiplied"),
    .fails(Gemm(), [["N", 4], [4, 5], [4]], "do not broadcast"),
    .fails(Gemm(), [[1, 4], [4, 5], [3, 5]], "does not broadcast"),
    .fails(Gemm(), [["N", 4], [4, 5], [1, 1, 5]], "does not broadcast"),
    .fails(Gemm(), [.typed(.int32, ["N", 4]), [4, 5]], "must be floating-point"),
  ]

  static let norms: [InferenceCase] = [
    .gives(BatchNormalization(), [["N", 4, "H"], [4], [4], [4], [4]], ["N", 4, "H"]),
    .gives(BatchNormalization(), [["N", 4], [4], [4], [4], [4]], ["N", 4]),
    .fails(BatchNormalization(), [[4], [4], [4], [4], [4]], "[N, C, …]"),
    .fails(BatchNormalization(), [["N", 4], [4], [4], [3], [4]], "operand 3 has 3 elements for 4 channels"),
    .fails(BatchNormalization(), [["N", 4], [4, 1], [4], [4], [4]], "1 axes are needed"),
    .fails(BatchNormalization(), [["N", 4], [4], [4], [4]], "has 4 operands"),
    .gives(ReduceMean(), [["N", 3, 4]], [1, 1, 1]),
    .gives(ReduceMean(keepsDimensions: false), [["N", 3, 4]], []),
    .gives(ReduceMean(), [["N", 3, 4], .ints(-1, 1)], ["N", 1, 1]),
    .gives(ReduceMean(keepsDimensions: false), [["N", 3, 4], .ints(0)], [3, 4]),
    .gives(ReduceMean(emptyMeansNone: true), [["N", 3, 4]], ["N", 3, 4]),
    .gives(ReduceMean(), [["N", 3], .ints(1, 1)], ["N", 1]),
    .fails(ReduceMean(), [["N", 3], .ints(2)], "axis 2 does not exist"),
    .fails(ReduceMean(), [["N", 3], .unknown(1)], "must be a constant"),
    .fails(ReduceMean(), [.typed(.int64, ["N", 3])], "must be floating-point"),
  ]

  @Test(arguments: unary) func unaryOperator(_ example: InferenceCase) throws { try example.check() }
  @Test(arguments: binary) func binaryOperator(_ example: InferenceCase) throws { try example.check() }
  @Test(arguments: products) func product(_ example: InferenceCase) throws { try example.check() }
  @Test(arguments: norms) func normalization(_ example: InferenceCase) throws { try example.check() }

  @Test func dropoutHasAMask() throws {
    var graph = Graph()
    let x = graph.addInput("x", ValueType(.float32, ["N", 3]))
    let outputs = graph.add(Dropout(), [x], name: "drop", outputs: ["y", "mask"])
    for output in outputs { graph.markOutput(output) }
    try graph.inferTypes()
    #expect(graph[outputs[1]].type == ValueType(.bool, ["N", 3]))
    graph.add(Relu(), [x], name: "two", outputs: ["a", "b"])
    #expect(throws: GraphError(node: "two", "Relu has 1 outputs, but 2 are used")) { try graph.inferTypes() }
  }
}
