/// Names a value of one graph.
public struct ValueID: Sendable, Hashable, Comparable {
  public let index: Int
  public init(_ index: Int) { self.index = index }
  public static func < (a: ValueID, b: ValueID) -> Bool { a.index < b.index }
}

/// Names a node of one graph; it survives patches that keep the node.
public struct NodeID: Sendable, Hashable, Comparable {
  public let index: Int
  public init(_ index: Int) { self.index = index }
  public static func < (a: NodeID, b: NodeID) -> Bool { a.index < b.index }
}

/// A tensor-valued edge: an input of the graph, a constant, or the output of a node.
public struct Value: Sendable {
  public var name: String
  /// Set for inputs and constants from the start, for the rest by `inferTypes()`.
  public var type: ValueType?
  /// The elements of a constant.
  public var constant: Tensor?
}

/// An operator applied to values.
public struct Node: Sendable {
  public let id: NodeID
  public var name: String
  public var op: any Operator
  /// Absent optional operands are nil.
  public var inputs: [ValueID?]
  public var outputs: [ValueID]

  /// What messages call it.
  public var label: String { name.isEmpty ? op.name : name }
}

/// A network: values, and nodes in an order in which every operand comes before its use.
///
/// Value identifiers are stable: patches add values and never renumber them.
public struct Graph: Sendable {
  public var name: String
  public internal(set) var values: [Value] = []
  public internal(set) var nodes: [Node] = []
  public private(set) var inputs: [ValueID] = []
  public private(set) var outputs: [ValueID] = []
  /// What the file says of itself besides the network: free text by key, such as an author. It has no meaning to any
  /// pass, and goes from the file that is read to the one that is written.
  public var metadata: [String: String] = [:]
  private var nextNode = 0

  public init(name: String = "") { self.name = name }

  public subscript(id: ValueID) -> Value { values[id.index] }

  /// The node of that identifier, where it still stands.
  public func node(_ id: NodeID) -> Node? { nodes.first { $0.id == id } }

  // MARK: Building

  @discardableResult
  public mutating func addInput(_ name: String, _ type: ValueType) -> ValueID {
    let id = append(Value(name: name, type: type))
    inputs.append(id)
    return id
  }

  @discardableResult
  public mutating func addConstant(_ name: String, _ tensor: Tensor) -> ValueID {
    append(Value(name: name, type: tensor.type, constant: tensor))
  }

  /// Adds a value that a later `addNode` produces.
  public mutating func addValue(_ name: String) -> ValueID { append(Value(name: name)) }

  /// Appends a node with fresh output values and returns them.
  @discardableResult
  public mutating func add(
    _ op: any Operator, _ inputs: [ValueID?], name: String = "", outputs names: [String] = [""]
  ) -> [ValueID] {
    let outputs = names.map { addValue($0) }
    addNode(op, inputs: inputs, outputs: outputs, name: name)
    return outputs
  }

  @discardableResult
  public mutating func addNode(
    _ op: any Operator, inputs: [ValueID?], outputs: [ValueID], name: String = ""
  ) -> NodeID {
    let id = makeNodeID()
    nodes.append(Node(id: id, name: name, op: op, inputs: inputs, outputs: outputs))
    return id
  }

  public mutating func markOutput(_ id: ValueID) { outputs.append(id) }

  mutating func append(_ value: Value) -> ValueID {
    values.append(value)
    return ValueID(values.count - 1)
  }

  mutating func makeNodeID() -> NodeID {
    defer { nextNode += 1 }
    return NodeID(nextNode)
  }

  // MARK: Changing, for passes

  /// Gives a value another name, type or constant.
  public mutating func update(_ id: ValueID, _ body: (inout Value) -> Void) { body(&values[id.index]) }

  public mutating func replaceNodes(_ nodes: [Node]) { self.nodes = nodes }
  public mutating func replaceOutputs(_ outputs: [ValueID]) { self.outputs = outputs }

  /// The same graph with another element type or shape for an input; types are to be inferred anew.
  public mutating func setInputType(_ id: ValueID, _ type: ValueType) { values[id.index].type = type }

  // MARK: Looking

  /// Which node produces each value.
  public func producers() -> [ValueID: Node] {
    var result: [ValueID: Node] = [:]
    for node in nodes { for output in node.outputs { result[output] = node } }
    return result
  }

  /// Which nodes read each value, one entry per operand.
  public func consumers() -> [ValueID: [Node]] {
    var result: [ValueID: [Node]] = [:]
    for node in nodes { for case let input? in node.inputs { result[input, default: []].append(node) } }
    return result
  }

  /// The elements of all constants in use.
  public var parameterCount: Int {
    let used = Set(nodes.flatMap { $0.inputs.compactMap(\.self) })
    return used.reduce(0) { $0 + (self[$1].constant?.count ?? 0) }
  }
}
