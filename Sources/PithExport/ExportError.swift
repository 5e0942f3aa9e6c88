/// A graph that cannot be written: one sentence that names the file or the node, and the remedy.
public struct ExportError: Error, Sendable, Hashable, CustomStringConvertible {
  public var message: String

  public init(_ message: String) { self.message = message }

  public var description: String { message }
}
