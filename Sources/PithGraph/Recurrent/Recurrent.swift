/// A layer whose cell runs over a sequence, step by step, with a state: RNN, GRU and LSTM.
///
/// Operands as in ONNX: X `[T, N, I]`; W `[D, G·H, I]`; R `[D, G·H, H]`; B `[D, 2·G·H]` (of the input, then of the state),
/// absent for zeros; the length of each sequence `[N]` (int32), absent for T; the initial state `[D, N, H]`, absent for
/// zeros. Outputs: the states of every step Y `[T, D, N, H]`, the last states `[D, N, H]`. T: steps, N: batch, I: inputs,
/// H: hidden size, D: directions, G: gates. Steps beyond a sequence's length give zeros.
public protocol Recurrent: Operator {
  /// G: blocks of H rows in W and R.
  static var gateCount: Int { get }
  /// The functions of one direction's cell where the layer lists none.
  static var defaultActivations: [RecurrentActivation] { get }

  var hiddenSize: Int { get }
  var direction: RecurrentDirection { get }
  /// The functions of the cells, of one direction after the other; empty for the defaults.
  var activations: [RecurrentActivation] { get }
  /// Bound of what goes into the gates' functions, where there is one.
  var clip: Float? { get }
}

extension Recurrent {
  /// The functions of the cell of that number.
  public func activations(of cell: Int) -> [RecurrentActivation] {
    let count = Self.defaultActivations.count
    guard activations.count == count * direction.count else { return Self.defaultActivations }
    return Array(activations[(cell * count)..<((cell + 1) * count)])
  }

  /// The types of Y and of the last state.
  /// - Throws: `GraphError` where operands or attributes do not fit.
  func inferRecurrence(_ operands: Operands) throws -> (sequence: ValueType, state: ValueType) {
    let type = try operands.floatingPoint()
    let x = try operands.shape(0, rank: 3)
    guard hiddenSize > 0, hiddenSize < 1 << 24 else {
      throw GraphError("its hidden size is \(hiddenSize), but must be positive")
    }
    let functions = Self.defaultActivations.count * direction.count
    guard activations.isEmpty || activations.count == functions else {
      throw GraphError("it lists \(activations.count) activations, but its cells have \(functions)")
    }
    if let clip, !(clip > 0) { throw GraphError("its clip is \(clip), but must be positive") }
    let (cells, rows) = (direction.count, Self.gateCount * hiddenSize)
    try check(operands, 1, "weights", [.fixed(cells), .fixed(rows), x[2]])
    try check(operands, 2, "recurrent weights", [.fixed(cells), .fixed(rows), .fixed(hiddenSize)])
    try check(operands, 3, "bias", [.fixed(cells), .fixed(2 * rows)])
    try check(operands, 4, "sequence lengths", [x[1]])
    if operands.has(4), try operands.type(4).element != .int32 {
      throw GraphError("its sequence lengths are \(try operands.type(4).element.rawValue), but must be int32")
    }
    let state: [Dimension] = [.fixed(cells), x[1], .fixed(hiddenSize)]
    try check(operands, 5, "initial state", state)
    return (
      ValueType(type.element, Shape([x[0], .fixed(cells), x[1], .fixed(hiddenSize)])),
      ValueType(type.element, Shape(state))
    )
  }

  /// An operand, where it is there, must be of that shape as far as sizes are known.
  func check(_ operands: Operands, _ index: Int, _ what: String, _ wanted: [Dimension]) throws {
    guard operands.has(index) else {
      if index == 1 || index == 2 { throw GraphError("its \(what) are missing") }
      return
    }
    let shape = try operands.shape(index)
    let fits =
      shape.rank == wanted.count
      && zip(shape.dimensions, wanted).allSatisfy { $0.size == nil || $1.size == nil || $0.size == $1.size }
    guard fits else {
      throw GraphError("its \(what) have shape \(shape), but \(Shape(wanted)) is needed")
    }
  }
}
