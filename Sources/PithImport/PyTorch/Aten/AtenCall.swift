import PithGraph

/// A call of an aten operator while it is translated: its arguments by name, and what it adds to the graph.
///
/// An operator takes the arguments that it knows; what is left over is an error, since an argument that is not understood
/// may change what the call computes.
final class AtenCall {
  /// The operator with its overload, as `conv2d.default`.
  let target: String
  let builder: TorchGraphBuilder
  let node: ExportedProgram.Call
  private var arguments: [String: TorchArgument] = [:]
  private let firstArgument: String?

  init(_ node: ExportedProgram.Call, target: String, builder: TorchGraphBuilder) {
    self.node = node
    self.target = target
    self.builder = builder
    firstArgument = node.inputs.first?.name
    for input in node.inputs { arguments[input.name] = input.arg }
  }

  /// The operator without its overload.
  var name: String { target.split(separator: ".").first.map(String.init) ?? target }

  // MARK: Arguments

  /// Takes arguments that do not matter for the result.
  func ignore(_ names: String...) { for name in names { arguments[name] = nil } }

  /// Every argument must have been taken.
  func checkAllTaken() throws {
    guard let name = arguments.keys.min() else { return }
    throw GraphError(
      "argument '\(name.printable())' is not known to Pith; express the network without it")
  }

  /// Whether the argument is there and not None.
  func has(_ name: String) -> Bool {
    switch arguments[name] {
    case nil, .some(.none): false
    default: true
    }
  }

  /// The argument, without taking it.
  func peek(_ name: String) -> TorchArgument? { arguments[name] }

  func take(_ name: String) -> TorchArgument? {
    guard let argument = arguments.removeValue(forKey: name) else { return nil }
    if case .none = argument { return nil }
    return argument
  }

  private func mismatch(_ name: String, _ argument: TorchArgument, _ expected: String) -> GraphError {
    GraphError("argument '\(name)' is \(argument.kind), but must be \(expected)")
  }

  /// The name of the tensor that the first argument is.
  func firstName() throws -> String {
    guard let firstArgument, case .tensor(let name)? = arguments[firstArgument] else {
      throw GraphError("its first argument must be a tensor")
    }
    return name
  }

  /// The tensor that the first argument is.
  func first() throws -> ValueID {
    guard let firstArgument else { throw GraphError("it has no arguments") }
    return try tensor(firstArgument)
  }

  /// A tensor that must be there.
  func tensor(_ name: String) throws -> ValueID {
    guard let id = try optionalTensor(name) else { throw GraphError("argument '\(name)' is missing") }
    return id
  }

  /// A tensor, where it is there.
  func optionalTensor(_ name: String) throws -> ValueID? {
    guard let argument = take(name) else { return nil }
    guard case .tensor(let tensor) = argument else { throw mismatch(name, argument, "a tensor") }
    return try builder.tensor(tensor)
  }

  func tensors(_ name: String) throws -> [ValueID] {
    guard let argument = take(name) else { return [] }
    switch argument {
    case .tensors(let names): return try names.map { try builder.tensor($0) }
    case .optionalTensors(let names):
      return try names.map {
        guard let name = $0 else { throw GraphError("argument '\(name)' has a tensor that is missing") }
        return try builder.tensor(name)
      }
    default: throw mismatch(name, argument, "a list of tensors")
    }
  }

  /// A list of tensors of which some may be missing.
  func optionalTensors(_ name: String) throws -> [ValueID?] {
    guard let argument = take(name) else { return [] }
    switch argument {
    case .tensors(let names): return try names.map { try builder.tensor($0) }
    case .optionalTensors(let names): return try names.map { try $0.map { try builder.tensor($0) } }
    default: throw mismatch(name, argument, "a list of tensors")
    }
  }

  /// A size: a number, or what follows from shapes.
  func size(_ name: String) throws -> Dimension? {
    guard let argument = take(name) else { return nil }
    switch argument {
    case .size(let size): return try dimension(size)
    case .bool(let flag): return .fixed(flag ? 1 : 0)
    default: throw mismatch(name, argument, "an integer")
    }
  }

  func sizes(_ name: String) throws -> [Dimension]? {
    guard let argument = take(name) else { return nil }
    switch argument {
    case .sizes(let sizes): return try sizes.map { try dimension($0) }
    case .size(let size): return [try dimension(size)]
    // An empty list has no kind of its own.
    case .tensors(let names) where names.isEmpty: return []
    case .floats(let values) where values.isEmpty: return []
    default: throw mismatch(name, argument, "a list of integers")
    }
  }

  private func dimension(_ size: TorchSize) throws -> Dimension {
    switch size {
    case .number(let number): return .fixed(number)
    case .expression: return try builder.symbols.dimension(size)
    case .name(let name):
      guard case .size(let size) = try builder.value(name) else {
        throw GraphError("'\(name.printable())' is not an integer")
      }
      return size
    }
  }

  func int(_ name: String) throws -> Int? {
    guard let size = try size(name) else { return nil }
    guard let number = size.size else {
      throw GraphError(
        "argument '\(name)' is the size '\(size)', but must be a number; export the model with fixed sizes")
    }
    return number
  }

  func ints(_ name: String) throws -> [Int]? {
    guard let sizes = try sizes(name) else { return nil }
    return try sizes.map {
      guard let number = $0.size else {
        throw GraphError(
          "argument '\(name)' has the size '\($0)', but must be of numbers; export the model with fixed sizes"
        )
      }
      return number
    }
  }

  func bool(_ name: String, default value: Bool = false) throws -> Bool {
    guard let argument = take(name) else { return value }
    switch argument {
    case .bool(let flag): return flag
    case .size(.number(let number)): return number != 0
    default: throw mismatch(name, argument, "a truth value")
    }
  }

  func float(_ name: String) throws -> Double? {
    guard let argument = take(name) else { return nil }
    guard let number = try number(argument) else { throw mismatch(name, argument, "a number") }
    return number
  }

  func floats(_ name: String) throws -> [Double]? {
    guard let argument = take(name) else { return nil }
    switch argument {
    case .floats(let values): return values
    case .sizes(let sizes) where sizes.isEmpty: return []
    default: throw mismatch(name, argument, "a list of numbers")
    }
  }

  func string(_ name: String) throws -> String? {
    guard let argument = take(name) else { return nil }
    guard case .string(let text) = argument else { throw mismatch(name, argument, "a string") }
    return text
  }

  /// The type of elements that an argument names, nil where it is absent.
  func element(_ name: String = "dtype") throws -> ElementType? {
    guard let argument = take(name) else { return nil }
    guard case .scalarType(let number) = argument else { throw mismatch(name, argument, "an element type") }
    return try TorchScalarType(number: number).element()
  }

  /// The number that an argument is, nil where it is none.
  func number(_ argument: TorchArgument) throws -> Double? {
    switch argument {
    case .float(let value): value
    case .size(.number(let value)): Double(value)
    case .bool(let flag): flag ? 1 : 0
    case .size(.name(let name)):
      if case .size(let size) = try builder.value(name) { size.size.map(Double.init) } else { nil }
    default: nil
    }
  }

  // MARK: Results

  /// The names of the tensors that the call gives.
  var outputNames: [String] { node.outputs.flatMap(\.names) }

  /// The type of elements that the program notes for a result.
  func resultElement(_ index: Int = 0) throws -> ElementType {
    let names = outputNames
    guard index < names.count, let meta = builder.meta(names[index]) else {
      throw GraphError("the program has no type of its result; export the model again")
    }
    return try TorchScalarType(number: meta.dtype).element()
  }

  /// The shape that the program notes for the only result.
  func resultSizes() throws -> [Dimension] {
    guard let name = outputNames.first else { throw GraphError("it has no result; export the model again") }
    return try builder.recordedSizes(name)
  }

  /// Adds an operator of one output that the call is composed of.
  func add(_ op: any Operator, _ inputs: [ValueID?], _ suffix: String) throws -> ValueID {
    try builder.add(op, inputs, name: "\(label).\(suffix)")
  }

  /// Adds an operator that the call is composed of.
  func add(_ op: any Operator, _ inputs: [ValueID?], _ suffix: String, count: Int) throws -> [ValueID] {
    let name = "\(label).\(suffix)"
    return try builder.add(op, inputs, outputs: (0..<count).map { "\(name).\($0)" }, name: name)
  }

  /// Adds the operator whose output is the call's result.
  func result(_ op: any Operator, _ inputs: [ValueID?]) throws {
    try result(try builder.add(op, inputs, outputs: [label], name: nodeName)[0])
  }

  /// Makes a value the call's result, or one of its results.
  func result(_ id: ValueID, at index: Int = 0) throws {
    let names = outputNames
    guard index < names.count else { return }
    builder.bind(names[index], to: .tensor(id))
  }

  func result(_ value: TorchValue) {
    if let name = outputNames.first { builder.bind(name, to: value) }
  }

  func constant(_ tensor: Tensor, _ suffix: String) -> ValueID {
    builder.constant("\(label).\(suffix)", tensor)
  }

  func constant(_ numbers: [Int], _ suffix: String) -> ValueID { constant(Tensor(ints: numbers), suffix) }

  /// The name of the result.
  var label: String { outputNames.first ?? name }

  /// What the graph's node is called: the module that the call stands in, then the result.
  private var nodeName: String {
    guard let last = node.metadata?["nn_module_stack"]?.split(separator: ";").last else { return label }
    // key,path,class: the path of a module under a list may be written L['self'].a.b.
    let parts = last.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count >= 3 else { return label }
    let path = parts[1].split(separator: "]").last.map { $0.drop { $0 == "." } } ?? ""
    let isPlain = !path.isEmpty && path.allSatisfy { $0.isLetter || $0.isNumber || "._-".contains($0) }
    return isPlain && path.count <= 200 ? "\(path)/\(label)" : label
  }
}
