/// Something that training cannot do, or that went wrong with it: one sentence with the remedy.
public struct TrainingError: Error, Sendable, Hashable, CustomStringConvertible {
  public var description: String
  public init(_ description: String) { self.description = description }
}
