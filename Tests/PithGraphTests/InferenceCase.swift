import PithGraph
import Testing

/// One operand of an inference case; an array literal is a float32 tensor of that shape.
enum Operand: ExpressibleByArrayLiteral, Sendable {
  case type(ValueType)
  case constant(Tensor)
  case absent

  init(arrayLiteral elements: Dimension...) { self = .type(ValueType(.float32, Shape(elements))) }

  static func typed(_ element: ElementType, _ shape: Shape) -> Operand { .type(ValueType(element, shape)) }
  /// A constant integer vector.
  static func ints(_ values: Int...) -> Operand { .constant(Tensor(ints: values)) }
  static func ints(_ values: [Int]) -> Operand { .constant(Tensor(ints: values)) }
  /// An integer vector of which inference knows the elements.
  static func known(_ contents: Dimension...) -> Operand {
    .type(ValueType(.int64, [.fixed(contents.count)], contents: contents))
  }
  /// An integer vector of which it does not.
  static func unknown(_ count: Dimension) -> Operand { .type(ValueType(.int64, [count])) }
  static func scalar(_ value: Float) -> Operand { .constant(Tensor(value)) }
}

/// What an operator must say of its outputs for these operands.
struct InferenceCase: Sendable, CustomTestStringConvertible {
  enum Expectation: Sendable {
    /// The first outputs' types.
    case types([ValueType])
    /// The first output's elements.
    case contents([Dimension]?)
    /// An error whose message has these words.
    case error(String)
  }

  var op: any Operator
  var operands: [Operand]
  var expectation: Expectation

  var testDescription: String { "\(op.name) \(operands) → \(expectation)" }

  /// The outputs are float32 of these shapes.
  static func gives(_ op: any Operator, _ operands: [Operand], _ shapes: Shape...) -> InferenceCase {
    InferenceCase(op: op, operands: operands, expectation: .types(shapes.map { ValueType(.float32, $0) }))
  }

  static func gives(_ op: any Operator, _ operands: [Operand], _ element: ElementType, _ shape: Shape)
    -> InferenceCase
  {
    InferenceCase(op: op, operands: operands, expectation: .types([ValueType(element, shape)]))
  }

  static func knows(_ op: any Operator, _ operands: [Operand], _ contents: [Dimension]?) -> InferenceCase {
    InferenceCase(op: op, operands: operands, expectation: .contents(contents))
  }

  static func fails(_ op: any Operator, _ operands: [Operand], _ words: String) -> InferenceCase {
    InferenceCase(op: op, operands: operands, expectation: .error(words))
  }

  /// Builds the graph of the one node, infers, and compares.
  func check() throws {
    var graph = Graph()
    let inputs = operands.enumerated().map { index, operand -> ValueID? in
      switch operand {
      case .type(let type): graph.addInput("x\(index)", type)
      case .constant(let tensor): graph.addConstant("c\(index)", tensor)
      case .absent: nil
      }
    }
    var count = 1
    if case .types(let types) = expectation { count = types.count }
    let outputs = graph.add(op, inputs, name: "node", outputs: (0..<count).map { "y\($0)" })
    for output in outputs { graph.markOutput(output) }
    switch expectation {
    case .types(let types):
      try graph.inferTypes()
      try graph.verify()
      for (output, type) in zip(outputs, types) {
        #expect(graph[output].type?.shape == type.shape)
        #expect(graph[output].type?.element == type.element)
      }
    case .contents(let contents):
      try graph.inferTypes()
      #expect(graph[outputs[0]].type?.contents == contents)
    case .error(let words):
      let error = #expect(throws: GraphError.self) { try graph.inferTypes() }
      #expect(error?.node == "node")
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "no error")")
    }
  }
}
