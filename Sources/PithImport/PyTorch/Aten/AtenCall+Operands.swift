import PithGraph

/// Operands of the types that an operator of the graph needs: PyTorch converts by itself.
extension AtenCall {
  /// A tensor or number as a tensor of that type.
  func operand(_ name: String, as element: ElementType) throws -> ValueID {
    guard let argument = take(name) else { throw GraphError("argument '\(name)' is missing") }
    switch argument {
    case .tensor(let tensor): return try cast(try builder.tensor(tensor), to: element, name)
    case .size(.name(let size)): return try cast(try builder.tensor(size), to: element, name)
    default:
      guard let number = try number(argument) else {
        throw GraphError("argument '\(name)' is \(argument.kind), but must be a tensor or a number")
      }
      return scalar(number, element, name)
    }
  }

  /// A number as a constant.
  func scalar(_ value: Double, _ element: ElementType, _ suffix: String) -> ValueID {
    constant(Tensor.filled([], value, element), suffix)
  }

  /// The same numbers as another type.
  func cast(_ id: ValueID, to element: ElementType, _ suffix: String) throws -> ValueID {
    guard try builder.type(id).element != element else { return id }
    return try add(Cast(to: element), [id], "\(suffix).\(element.rawValue)")
  }

  /// The first argument in floating point.
  func firstFloating() throws -> ValueID { try cast(try first(), to: .float32, "x") }

  /// Two arguments as tensors of the type that PyTorch converts both to.
  func promoted(_ a: String, _ b: String) throws -> (ValueID, ValueID, ElementType) {
    let element = try promotedElement(a, b)
    return (try operand(a, as: element), try operand(b, as: element), element)
  }

  /// Numbers count less than tensors, but a fraction makes integers floating-point.
  private func promotedElement(_ a: String, _ b: String) throws -> ElementType {
    func rank(_ element: ElementType) -> Int {
      switch element {
      case .bool: 0
      case .uint8: 1
      case .int8: 2
      case .int32: 3
      case .int64: 4
      case .float32: 5
      case .float64: 6
      }
    }
    func kind(_ element: ElementType) -> Int { element == .bool ? 0 : element.isFloatingPoint ? 2 : 1 }
    var result: ElementType?
    var numbers: ElementType = .bool
    for name in [a, b] {
      guard let argument = peek(name) else { throw GraphError("argument '\(name)' is missing") }
      switch argument {
      case .tensor(let tensor):
        let element = try builder.type(try builder.tensor(tensor)).element
        if result.map({ rank($0) < rank(element) }) ?? true { result = element }
      case .float: numbers = .float32
      case .size: if numbers == .bool { numbers = .int64 }
      default: break
      }
    }
    guard let result else { return numbers }
    return kind(numbers) > kind(result) ? numbers : result
  }

  /// The rank of a value.
  func rank(_ id: ValueID) throws -> Int { try builder.type(id).shape.rank }

  /// The sizes of a value's axes.
  func dimensions(_ id: ValueID) throws -> [Dimension] { try builder.type(id).shape.dimensions }

  /// An axis argument as an index of an axis of `id`; a scalar counts as having one axis.
  func axis(_ name: String, of id: ValueID, default value: Int? = nil) throws -> Int {
    guard let axis = try int(name) ?? value else { throw GraphError("argument '\(name)' is missing") }
    return try Operands.axis(axis, rank: max(1, try rank(id)))
  }

  /// The size of an axis, which must be known.
  func knownSize(_ axis: Int, of id: ValueID) throws -> Int {
    let size = try dimensions(id)[axis]
    guard let number = size.size else {
      throw GraphError(
        "axis \(axis) has the size '\(size)', but must be known; export the model with fixed sizes")
    }
    return number
  }

  /// The same elements under another shape.
  func reshaped(_ id: ValueID, to sizes: [Dimension], _ suffix: String) throws -> ValueID {
    guard try dimensions(id) != sizes else { return id }
    return try add(
      Reshape(), [id, try builder.reshapeOperand(sizes, of: id, name: "\(label).\(suffix)")], suffix)
  }

  /// A tensor with its axes in another order; a constant is reordered at once.
  func transposed(_ id: ValueID, _ permutation: [Int], _ suffix: String) throws -> ValueID {
    guard permutation != Array(permutation.indices) else { return id }
    if let tensor = builder.graph[id].constant, tensor.floats != nil, tensor.count > 0,
      tensor.rank == permutation.count
    {
      return builder.constant("\(builder.graph[id].name).\(suffix)", tensor.permuted(permutation))
    }
    return try add(Transpose(permutation: permutation), [id], suffix)
  }

  /// Whether something reads the result of that number.
  func isUsed(_ index: Int) -> Bool {
    let names = outputNames
    return index < names.count && builder.isUsed(names[index])
  }

  /// A result that Pith has no value for must not be read.
  func checkUnused(_ index: Int, _ what: String) throws {
    guard isUsed(index) else { return }
    throw GraphError("the network reads \(what), which is not supported")
  }
}
