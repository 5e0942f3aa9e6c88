import PithGraph
import PithTestSupport
import Testing

@testable import PithEngine

/// An operator with operands that it must refuse.
struct HostileCase: Sendable, CustomTestStringConvertible {
  var name: String
  var op: any Executable
  var operands: [Tensor?]
  var testDescription: String { "\(op.name): \(name)" }

  init(_ name: String, _ op: any Executable, _ operands: [Tensor?]) {
    (self.name, self.op, self.operands) = (name, op, operands)
  }

  static func zeros(_ shape: [Int]) -> Tensor {
    Tensor(shape: shape, floats: Array(repeating: 0, count: Shape.elementCount(shape) ?? 0))
  }

  static let one = Tensor(shape: [1, 1, 1, 1], floats: [1])
  static let far = (1 << 20) - 1

  static let all: [HostileCase] = [
    HostileCase("no weights", Conv(), [one]),
    HostileCase("no input", Conv(), [nil, one]),
    HostileCase("too many operands", Relu(), [one, one]),
    HostileCase("double", Relu(), [Tensor(shape: [1], storage: .float64([1]))]),
    HostileCase("integer bias", Conv(), [one, one, Tensor(ints: [1])]),
    HostileCase("integer weights", Conv(), [one, Tensor(shape: [1, 1, 1, 1], ints: [1])]),
    HostileCase("zero groups", Conv(groups: 0), [one, one]),
    HostileCase("zero stride", Conv(strides: [0, 1]), [one, one]),
    HostileCase("negative pads", Conv(padding: ConvCase.same(-1)), [one, one]),
    HostileCase("kernel too large", Conv(), [one, zeros([1, 1, 2, 2])]),
    HostileCase("huge output", Conv(padding: ConvCase.same(far)), [one, one]),
    HostileCase(
      "huge window",
      Conv(dilations: [far, far], padding: .explicit(begin: [far, far], end: [0, 0])),
      [one, zeros([1, 1, 2, 2])]),
    HostileCase("huge axis", Conv(), [zeros([0, 1, .max, 1]), one]),
    HostileCase(
      "huge kernel", MaxPool(window: Window(kernel: [far, far], padding: ConvCase.same(far / 2))), [one]),
    HostileCase(
      "huge outer kernel",
      MaxPool(
        window: Window(
          kernel: [far, far, 1, 1], padding: .explicit(begin: [far, far, 0, 0], end: [0, 0, 0, 0]))),
      [zeros([1, 1, 1, 1, 1, 1])]),
    HostileCase("kernel of another rank", AveragePool(window: Window(kernel: [2])), [one]),
    HostileCase("map without elements", GlobalAveragePool(), [zeros([1, 1, 0, 4])]),
    HostileCase("map without elements", GlobalMaxPool(), [zeros([1, 1, 0, 4])]),
    HostileCase("nothing to average", ReduceMean(), [zeros([0])]),
    HostileCase("axis beyond", ReduceMean(), [one, Tensor(ints: [4])]),
    HostileCase("axis of Int.min", ReduceMean(), [one, Tensor(ints: [.min])]),
    HostileCase("division by zero", Div(), [Tensor(ints: [1]), Tensor(ints: [0])]),
    HostileCase(
      "division by a broadcast zero", Div(), [Tensor(shape: [], ints: [1]), Tensor(ints: [3, 0])]),
    HostileCase("types differ", Add(), [Tensor(ints: [1]), Tensor(1)]),
    HostileCase("shapes differ", Add(), [zeros([2]), zeros([3])]),
    HostileCase("huge product", Mul(), [zeros([1 << 16, 1]), zeros([1, 1 << 16])]),
    HostileCase(
      "bool", Sub(), [Tensor(shape: [1], storage: .bool([true])), Tensor(shape: [1], storage: .bool([true]))]),
    HostileCase("activation of integers", Add(activation: .relu), [Tensor(ints: [1]), Tensor(ints: [2])]),
    HostileCase("inner sizes differ", Gemm(), [zeros([2, 3]), zeros([4, 2])]),
    HostileCase("vector", Gemm(), [zeros([2]), zeros([2, 2])]),
    HostileCase("huge product", Gemm(), [zeros([1 << 16, 0]), zeros([0, 1 << 16])]),
    HostileCase("bias too large", Gemm(), [zeros([1, 1]), zeros([1, 1]), zeros([2, 1])]),
    HostileCase("scalar", MatMul(), [Tensor(1), Tensor(1)]),
    HostileCase("integers on the right", MatMul(), [zeros([1, 1]), Tensor(shape: [1, 1], ints: [1])]),
    HostileCase("too few statistics", BatchNormalization(), [one] + Array(repeating: zeros([2]), count: 4)),
    HostileCase(
      "integer scale", BatchNormalization(),
      [one, Tensor(ints: [1])] + Array(repeating: zeros([1]), count: 3)),
    HostileCase("axis beyond", Softmax(axis: 4), [one]),
    HostileCase("bound of another type", Clip(), [one, Tensor(ints: [1])]),
    HostileCase("two bounds", Clip(), [one, zeros([2])]),
    HostileCase("no bound", Clip(), [one, nil, zeros([0])]),
    HostileCase("bool", Clip(), [Tensor(shape: [1], storage: .bool([true]))]),
    HostileCase("too many parts", Split(axis: 0, partCount: 4), [zeros([5])]),
    HostileCase("no parts", Split(axis: 0, partCount: 0), [zeros([5])]),
    HostileCase("parts of another sum", Split(axis: 0, partCount: 2), [zeros([5]), Tensor(ints: [2, 2])]),
    HostileCase("a negative part", Split(axis: 0, partCount: 2), [zeros([5]), Tensor(ints: [6, -1])]),
    HostileCase("huge parts", Split(axis: 0, partCount: 2), [zeros([5]), Tensor(ints: [.max, .max])]),
    HostileCase("more parts than sizes", Split(axis: 0, partCount: 2), [zeros([5]), Tensor(ints: [5])]),
    HostileCase("other shape", Concat(axis: 0), [zeros([1, 2]), zeros([1, 3])]),
    HostileCase("other type", Concat(axis: 0), [zeros([1]), Tensor(ints: [1])]),
    HostileCase("absent part", Concat(axis: 0), [zeros([1]), nil]),
    HostileCase("no parts", Concat(axis: 0), []),
    HostileCase("axis beyond", Concat(axis: 1), [zeros([1])]),
    HostileCase("index beyond", Gather(), [zeros([3]), Tensor(ints: [3])]),
    HostileCase("index before", Gather(axis: 1), [zeros([2, 3]), Tensor(shape: [1, 1], ints: [-4])]),
    HostileCase("index Int.min", Gather(axis: 0), [zeros([2, 3]), Tensor(ints: [.min])]),
    HostileCase("float indices", Gather(), [zeros([3]), Tensor(1)]),
    HostileCase("from nothing", Gather(), [zeros([0, 2]), Tensor(ints: [0])]),
    HostileCase("huge pads", Pad(), [zeros([1]), Tensor(ints: [.min, .max])]),
    HostileCase("huge output", Pad(), [zeros([1, 1]), Tensor(ints: [1 << 20, 1 << 20, 0, 0])]),
    HostileCase("cropped below nothing", Pad(), [zeros([2]), Tensor(ints: [-2, -1])]),
    HostileCase("too few pads", Pad(), [zeros([2]), Tensor(ints: [1])]),
    HostileCase(
      "value of another type", Pad(), [zeros([2]), Tensor(ints: [1, 1]), Tensor(shape: [], ints: [0])]),
    HostileCase("two values", Pad(), [zeros([2]), Tensor(ints: [1, 1]), zeros([2])]),
    HostileCase("edge of nothing", Pad(mode: .edge), [zeros([0]), Tensor(ints: [1, 1])]),
    HostileCase("wrap of nothing", Pad(mode: .wrap), [zeros([2]), Tensor(ints: [-2, 1])]),
    HostileCase("reflection too far", Pad(mode: .reflect), [zeros([2]), Tensor(ints: [2, 0])]),
    HostileCase("other count", Reshape(), [zeros([2, 3]), Tensor(ints: [4])]),
    HostileCase("two unknowns", Reshape(), [zeros([2, 3]), Tensor(ints: [-1, -1])]),
    HostileCase("negative size", Reshape(), [zeros([2, 3]), Tensor(ints: [-2, 3])]),
    HostileCase("huge size", Reshape(), [zeros([0]), Tensor(ints: [.max, .max])]),
    HostileCase(
      "step of zero", Slice(), [zeros([2]), Tensor(ints: [0]), Tensor(ints: [1]), nil, Tensor(ints: [0])]),
    HostileCase("other lengths", Slice(), [zeros([2]), Tensor(ints: [0]), Tensor(ints: [1, 2])]),
    HostileCase("float starts", Slice(), [zeros([2]), Tensor(0), Tensor(1)]),
    HostileCase("axis of 2", Squeeze(), [zeros([2]), Tensor(ints: [0])]),
    HostileCase("axis twice", Unsqueeze(), [zeros([2]), Tensor(ints: [0, 0])]),
    HostileCase("not a permutation", Transpose(permutation: [0, 0]), [zeros([2, 2])]),
    HostileCase("axis beyond", Flatten(axis: 3), [zeros([2, 2])]),
    HostileCase(
      "training", Dropout(), [one, nil, Tensor(shape: [], storage: .bool([true]))]),
  ]
}

@Suite struct HostileOperandTests {
  @Test(arguments: HostileCase.all)
  func areRefusedWithAMessage(_ example: HostileCase) {
    let error = #expect(throws: GraphError.self) { try example.op.evaluate(example.operands) }
    #expect(error?.message.isEmpty == false)
  }

  @Test func boundsThatAreNotNumbersDoNoHarm() throws {
    let x = Tensor(shape: [1, 1, 1, 2], floats: [-1, 1])
    let weights = HostileCase.one
    for activation in [Activation.clip(.nan, 0.5), .clip(0, .nan), .clip(.nan, .nan), .clip(1, -1)] {
      #expect(try Conv(activation: activation).evaluate([x, weights])[0].count == 2)
    }
  }
}
