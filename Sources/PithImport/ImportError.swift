/// A model file that cannot be read: one sentence that names the file, the node where there is one, and the remedy.
public struct ImportError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file's name, without its folder.
  public var file: String
  /// The node's name and operator, as in `'conv1' (Conv)`; nil for the file as a whole.
  public var node: String?
  public var message: String

  public init(file: String, node: String? = nil, _ message: String) {
    self.file = file
    self.node = node
    self.message = message
  }

  public var description: String {
    (node.map { "\(file): node \($0): \(message)" } ?? "\(file): \(message)").printable(limit: 2000)
  }
}

extension String {
  /// The text on one line and not longer than `limit`: names in a hostile file may be anything.
  func printable(limit: Int = 80) -> String {
    var result = ""
    var count = 0
    for scalar in unicodeScalars {
      guard count < limit else { return result + "…" }
      let isControl = scalar.value < 0x20 || (0x7f..<0xa0).contains(scalar.value)
      result.unicodeScalars.append(isControl ? "?" : scalar)
      count += 1
    }
    return result
  }
}
