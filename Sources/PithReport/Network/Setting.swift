/// An option as it was used, the defaults too: `--lr`, `0.001`.
public struct Setting: Codable, Sendable, Hashable {
  /// The option's name without dashes.
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  public init(_ name: String, _ value: some CustomStringConvertible) {
    self.init(name, value.description)
  }
}
