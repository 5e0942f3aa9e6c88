import PithGraph

/// A graph while an exported program is translated into it: what a `GraphAssembler` holds, by the program's names.
final class TorchGraphBuilder: GraphAssembler {
  private let program: ExportedProgram.Program
  private(set) var symbols: TorchSymbols
  private var values: [String: TorchValue] = [:]
  /// Names of values that share memory with others, and the name of the first of them.
  private var bases: [String: String] = [:]
  /// By the first of them: the names that share memory, as far as they are used again.
  private var sharers: [String: [String]] = [:]
  private var lastUses: [String: Int] = [:]
  /// Where in the program the node stands that is being read.
  var position = 0
  /// Names of parameters and buffers in the program, and in the state dict.
  private(set) var stateNames: [String: String] = [:]
  /// Input and axis that a symbolic size can be taken of.
  private var axes: [String: (ValueID, Int)] = [:]
  private var inputIDs = Set<ValueID>()
  private var sizeOperands: [String: ValueID] = [:]

  init(_ file: ExportedProgram, name: String) {
    program = file.graphModule.graph
    symbols = TorchSymbols(file.rangeConstraints ?? [:])
    super.init(name: name)
    for (index, node) in program.nodes.enumerated() {
      for input in node.inputs { for name in input.arg.names { lastUses[name] = index } }
    }
    for output in program.outputs { for name in output.names { lastUses[name] = Int.max } }
  }

  // MARK: Names

  /// What the name stands for.
  func value(_ name: String) throws -> TorchValue {
    if let value = values[name] { return value }
    if let size = program.symIntValues?[name] { return .size(try symbols.dimension(size)) }
    throw GraphError("value '\(name.printable())' does not exist; export the model again")
  }

  func bind(_ name: String, to value: TorchValue) { values[name] = value }

  /// A tensor of that name; one of the same number everywhere is made now.
  func tensor(_ name: String) throws -> ValueID {
    switch try value(name) {
    case .tensor(let id): return id
    case .filled(let fill):
      let id = try make(fill, name: name)
      values[name] = .tensor(id)
      return id
    case .size(let size):
      return try constant(name, size)
    case .float(let value): return constant(name, Tensor(Float(value)))
    case .bool(let flag): return constant(name, Tensor(shape: [], storage: .bool([flag])))
    case .none: throw GraphError("'\(name.printable())' is nothing, but a tensor is needed")
    }
  }

  private func constant(_ name: String, _ size: Dimension) throws -> ValueID {
    if let number = size.size { return constant(name, Tensor(shape: [], ints: [number])) }
    let shape = constant("\(name).shape", Tensor(ints: []))
    return try add(Reshape(), [try sizeOperand([size], name: name), shape], name: "\(name).scalar")
  }

  /// The type that the program notes for a tensor.
  func meta(_ name: String) -> ExportedProgram.TensorMeta? { program.tensorValues[name] }

  /// The shape that the program notes for a tensor.
  func recordedSizes(_ name: String) throws -> [Dimension] {
    guard let meta = meta(name) else {
      throw GraphError("the program has no shape of '\(name.printable())'; export the model again")
    }
    return try meta.sizes.map { try symbols.dimension($0) }
  }

  // MARK: Inputs

  /// Adds an input of the network.
  func addInput(_ name: String) throws {
    guard let meta = meta(name) else {
      throw GraphError("input '\(name.printable())' has no shape; export the model again")
    }
    symbols.name(meta, input: name)
    let sizes = try meta.sizes.map { try symbols.dimension($0) }
    let element = try TorchScalarType(number: meta.dtype).element()
    let id = try input(name, ValueType(element, Shape(sizes)))
    inputIDs.insert(id)
    for (axis, size) in sizes.enumerated() {
      if case .symbolic(let name) = size, axes[name] == nil { axes[name] = (id, axis) }
    }
    values[name] = .tensor(id)
  }

  /// Adds a parameter, buffer or constant.
  func addConstant(_ name: String, called stateName: String, _ tensor: Tensor) {
    values[name] = .tensor(constant(stateName, tensor))
    stateNames[name] = stateName
  }

  /// Whether a later call or an output of the network reads the value of that name.
  func isUsed(_ name: String) -> Bool { lastUses[name] != nil }

  /// Whether a node of the graph computes the value.
  func isProduced(_ id: ValueID) -> Bool { graph[id].constant == nil && !inputIDs.contains(id) }

  // MARK: Memory

  /// Notes that `name` shares memory with `base`, as views do.
  func noteView(_ name: String, of base: String) {
    let root = bases[base] ?? base
    bases[name] = root
    sharers[root, default: [root]].append(name)
  }

  /// Makes every name of the tensor that is changed in place stand for the result, and the result's name one of them.
  /// - Throws: `GraphError` where a part of the tensor is used later under another name.
  func mutate(_ target: String, to result: ValueID, called name: String) throws {
    let root = bases[target] ?? target
    if let parameter = stateNames[root] {
      throw GraphError(
        "it changes '\(parameter.printable())' of the model; export it in evaluation mode: model.eval() before torch.export.export"
      )
    }
    guard case .tensor(let old)? = values[target] else {
      throw GraphError("it changes something that is no tensor")
    }
    var kept: [String] = []
    for other in sharers[root] ?? [root] where other == target || lastUses[other] ?? -1 > position {
      kept.append(other)
      if case .tensor(old)? = values[other] {
        values[other] = .tensor(result)
      } else {
        throw GraphError(
          "it changes a part of '\(root.printable())' in place, which is used again later; export the model with torch.export.export(…).run_decompositions()"
        )
      }
    }
    sharers[root] = kept
    values[name] = .tensor(result)
    noteView(name, of: target)
  }

  // MARK: Shapes

  /// An integer vector of these sizes.
  func sizeOperand(_ sizes: [Dimension], name: String) throws -> ValueID {
    let numbers = sizes.compactMap(\.size)
    if numbers.count == sizes.count { return constant("\(name).sizes", Tensor(ints: numbers)) }
    let parts = try sizes.map { size -> ValueID in
      guard case .symbolic(let symbol) = size else {
        return constant("\(name).size", Tensor(ints: [size.size ?? 0]))
      }
      if let id = sizeOperands[symbol] { return id }
      guard let (input, axis) = axes[symbol] else {
        throw GraphError(
          "the size '\(symbol.printable())' is computed in a way that Pith does not follow; export the model with fixed sizes"
        )
      }
      let id = try add(ShapeOf(start: axis, end: axis + 1), [input], name: "\(symbol).size")
      sizeOperands[symbol] = id
      return id
    }
    return parts.count == 1 ? parts[0] : try add(Concat(axis: 0), parts, name: "\(name).sizes")
  }

  /// The operand of a Reshape of `input` to these sizes, without computing them where a 0 (as before) or -1 (the rest)
  /// can stand for them.
  func reshapeOperand(_ sizes: [Dimension], of input: ValueID, name: String) throws -> ValueID {
    let before = try type(input).shape.dimensions
    var numbers: [Int] = []
    var unknown = 0
    for (axis, size) in sizes.enumerated() {
      if let number = size.size {
        numbers.append(number)
      } else if sizes.filter({ $0.size == nil }).count > 1, axis < before.count, before[axis] == size {
        numbers.append(0)
      } else {
        unknown += 1
        numbers.append(-1)
      }
    }
    // A real 0 cannot be told from a copied axis.
    guard unknown <= 1, !sizes.contains(0) else { return try sizeOperand(sizes, name: name) }
    return constant("\(name).sizes", Tensor(ints: numbers))
  }

  /// A tensor of one number.
  func make(_ fill: TorchFill, name: String) throws -> ValueID {
    let numbers = fill.sizes.compactMap(\.size)
    if numbers.count == fill.sizes.count {
      guard let count = Shape.elementCount(numbers), mayFill(count) else {
        throw GraphError("a tensor of \(Shape(fill.sizes)) filled with \(fill.value) is too large")
      }
      return constant(name, Tensor.filled(numbers, fill.value, fill.element))
    }
    let scalar = constant("\(name).value", Tensor.filled([1], fill.value, fill.element))
    return try add(Expand(), [scalar, try sizeOperand(fill.sizes, name: name)], name: name)
  }
}

extension Tensor {
  /// A tensor of one number everywhere; what does not fit the type becomes the nearest that does.
  static func filled(_ shape: [Int], _ value: Double, _ element: ElementType) -> Tensor {
    let count = Shape.elementCount(shape) ?? 0
    func many<T: FixedWidthInteger>(_: T.Type) -> [T] {
      let exact = value.isNaN ? 0 : value.rounded(.towardZero)
      let clamped = T(exactly: exact) ?? (exact < 0 ? T.min : T.max)
      return Array(repeating: clamped, count: count)
    }
    let storage: Storage =
      switch element {
      case .float32: .float32(Array(repeating: Float(value), count: count))
      case .float64: .float64(Array(repeating: value, count: count))
      case .int64: .int64(many(Int64.self))
      case .int32: .int32(many(Int32.self))
      case .int8: .int8(many(Int8.self))
      case .uint8: .uint8(many(UInt8.self))
      case .bool: .bool(Array(repeating: value != 0, count: count))
      }
    return Tensor(shape: shape, storage: storage)
  }
}
