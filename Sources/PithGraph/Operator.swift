/// What a node computes: a struct with the operator's attributes, one file each in `Operators/`.
///
/// What else can be done with an operator (execute, differentiate, quantize, prune, lower) is a protocol that it adopts
/// in the room that does it. Semantics are those of ONNX's newest opset up to 21; the importer translates older forms.
public protocol Operator: Sendable, Hashable {
  /// The field's name for it, which is ONNX's.
  static var name: String { get }

  /// How many operands it takes, absent optional ones included.
  static var operandCount: ClosedRange<Int> { get }

  /// The types of the outputs.
  /// - Throws: `GraphError` where the operands or attributes are illegal.
  func inferTypes(_ operands: Operands) throws -> [ValueType]
}

extension Operator {
  public var name: String { Self.name }
}

/// What is known of a node's operands during inference.
public struct Operands {
  public var types: [ValueType?]
  public var constants: [Tensor?]

  public init(types: [ValueType?], constants: [Tensor?]) {
    self.types = types
    self.constants = constants
  }

  public var count: Int { types.count }

  /// Whether the optional operand is there.
  public func has(_ index: Int) -> Bool { index < types.count && types[index] != nil }

  /// The type of a required operand.
  public func type(_ index: Int) throws -> ValueType {
    guard index < types.count, let type = types[index] else {
      throw GraphError("operand \(index) is missing")
    }
    return type
  }

  public func shape(_ index: Int) throws -> Shape { try type(index).shape }

  /// The shape of an operand that must have `rank` axes.
  public func shape(_ index: Int, rank: Int) throws -> Shape {
    let shape = try shape(index)
    guard shape.rank == rank else {
      throw GraphError("operand \(index) has shape \(shape), but \(rank) axes are needed")
    }
    return shape
  }

  public func constant(_ index: Int) -> Tensor? { index < constants.count ? constants[index] : nil }

  /// The elements of a constant integer operand; nil where the operand is absent.
  /// - Throws: where it is there but not constant.
  public func integers(_ index: Int) throws -> [Int]? {
    guard has(index) else { return nil }
    if let values = constant(index)?.integers { return values }
    if let contents = types[index]?.contents {
      let known = contents.compactMap(\.size)
      if known.count == contents.count { return known }
    }
    throw GraphError("operand \(index) must be a constant integer tensor")
  }

  /// The elements of an integer vector as far as they are known, names included.
  public func contents(_ index: Int) -> [Dimension]? {
    guard has(index) else { return nil }
    return types[index]?.contents ?? constant(index)?.type.contents
      ?? constant(index)?.integers?.map { .fixed($0) }
  }

  /// Turns a possibly negative axis into an index.
  public static func axis(_ axis: Int, rank: Int) throws -> Int {
    guard axis >= -rank, axis < rank else {
      throw GraphError("axis \(axis) does not exist in a tensor of \(rank) axes")
    }
    return axis < 0 ? axis + rank : axis
  }
}
