/// A graph that cannot be: one sentence that names the node.
public struct GraphError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The node's name, or its operator where it has none; nil for the graph as a whole.
  public var node: String?
  public var message: String

  public init(node: String? = nil, _ message: String) {
    self.node = node
    self.message = message
  }

  public var description: String { node.map { "node '\($0)': \(message)" } ?? message }
}
