import PithGraph

/// The one node that takes the place of others that only change a tensor's shape.
struct Reshaping {
  var op: any Operator
  /// The constant second operand, where the operator has one.
  var target: [Int]?

  /// Whether the operator keeps the elements and their order.
  static func isReshape(_ op: any Operator) -> Bool {
    op is Reshape || op is Flatten || op is Squeeze || op is Unsqueeze
  }

  /// What turns `from` into `to` whatever its names stand for: Flatten where it can, since it needs no operand, else
  /// Reshape with 0 for an axis that is copied and -1 for the one that is not known. Nil where that does not suffice.
  init?(from: Shape, to: Shape) {
    let source = ValueType(.float32, from)
    if to.rank == 2, from.rank > 2,
      let flat = try? Flatten().inferTypes(Operands(types: [source], constants: [nil])),
      flat[0].shape == to
    {
      self.init(op: Flatten(), target: nil)
      return
    }
    var target: [Int] = []
    for (axis, dimension) in to.dimensions.enumerated() {
      switch dimension {
      case .fixed(let size):
        // A literal 0 would copy.
        guard size > 0 else { return nil }
        target.append(size)
      case .symbolic: target.append(axis < from.rank && from[axis] == dimension ? 0 : -1)
      }
    }
    guard target.filter({ $0 == -1 }).count <= 1 else { return nil }
    let shape = Tensor(ints: target)
    let result = try? Reshape().inferTypes(Operands(types: [source, shape.type], constants: [nil, shape]))
    guard result?[0].shape == to else { return nil }
    self.init(op: Reshape(), target: target)
  }

  private init(op: any Operator, target: [Int]?) {
    self.op = op
    self.target = target
  }

  /// Adds the node that computes `output` from `input`.
  func add(to patch: inout Patch, input: ValueID, output: ValueID, name: String) {
    let shape = target.map { patch.addConstant("\(name).shape", Tensor(ints: $0)) }
    patch.addNode(op, inputs: [input] + (shape.map { [$0] } ?? []), outputs: [output], name: name)
  }
}
