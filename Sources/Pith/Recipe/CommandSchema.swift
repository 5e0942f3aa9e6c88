/// What a command's options are, so that a recipe can be checked before anything runs.
public struct CommandSchema: Sendable, Hashable {
  /// Such as `prune`.
  public var name: String
  public var options: [Option]
  /// What a file that the command writes ends in, such as `onnx`.
  public var outputExtension: String

  public init(name: String, options: [Option], outputExtension: String) {
    self.name = name
    self.options = options
    self.outputExtension = outputExtension
  }

  /// An option or an argument of a command.
  public struct Option: Sendable, Hashable {
    /// What a recipe calls it: the long name without dashes, or the argument's name.
    public var key: String
    public var kind: Kind
    /// Whether the command does without.
    public var isOptional: Bool
    public var isRepeating: Bool
    /// The only values that it takes; nil where they are not a list.
    public var values: [String]?
    public var role: Role

    public init(
      key: String, kind: Kind, isOptional: Bool = true, isRepeating: Bool = false, values: [String]? = nil,
      role: Role = .plain
    ) {
      self.key = key
      self.kind = kind
      self.isOptional = isOptional
      self.isRepeating = isRepeating
      self.values = values
      self.role = role
    }
  }

  public enum Kind: Sendable, Hashable {
    /// Without a name before it.
    case argument
    case option
    /// `false` gives the spelling behind it, such as `no-equalize`; nil where it can only be left away.
    case flag(negation: String?)
  }

  /// What the value names.
  public enum Role: Sendable, Hashable {
    case plain
    /// A DATA specification.
    case data
    /// A network's file that is read.
    case model
    /// A file that is written.
    case output
  }

  func option(_ key: String) -> Option? { options.first { $0.key == key } }
}

/// Words that may have been meant.
enum Spelling {
  /// The candidate that is nearest, if it is near: at most a third of its letters changed.
  static func nearest(_ word: String, among candidates: some Sequence<String>) -> String? {
    let scored = candidates.map { (word: $0, distance: distance(word, $0)) }
    guard let best = scored.min(by: { ($0.distance, $0.word) < ($1.distance, $1.word) }) else { return nil }
    return best.distance <= max(1, best.word.count / 3) ? best.word : nil
  }

  /// How many letters have to be put in, taken out, replaced, or exchanged with their neighbour: the optimal string
  /// alignment distance of F. Damerau, "A technique for computer detection and correction of spelling errors",
  /// Communications of the ACM 7 (1964).
  static func distance(_ a: String, _ b: String) -> Int {
    // A hostile key may be long; what is longer than any option is far from all.
    let (a, b) = (Array(a.prefix(64)), Array(b.prefix(64)))
    var before = [Int](repeating: 0, count: b.count + 1)
    var last = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var cost = min(row[j] + 1, last[j + 1] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
        row.append(cost)
      }
      (before, last) = (last, row)
    }
    return last[b.count]
  }
}
