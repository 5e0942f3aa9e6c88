/// Everything that was done to a network, from the file that the first command read to the last one's output.
///
/// It travels in the network's ONNX file (see `metadataKey`), so that a report of the last command can show all.
public struct NetworkHistory: Codable, Sendable, Hashable {
  /// In the order of time. The first is the network as it was first read.
  public var steps: [Step]

  public init(_ steps: [Step] = []) { self.steps = steps }

  /// What a step did. Files of later versions may hold others.
  public struct Action: RawRepresentable, Codable, Sendable, Hashable {
    public var rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The network as it came from elsewhere.
    public static let imported = Action(rawValue: "imported")
    public static let trained = Action(rawValue: "trained")
    public static let pruned = Action(rawValue: "pruned")
    public static let distilled = Action(rawValue: "distilled")
    public static let quantized = Action(rawValue: "quantized")
  }

  /// A network that a command read or wrote.
  public struct Step: Codable, Sendable, Hashable {
    public var action: Action
    /// One phrase, such as "channels pruned to 34.8 % of the multiply-adds".
    public var summary: String
    /// The file's name, without folders.
    public var file: String
    /// SHA-256 of the file in hexadecimal; a file cannot hold its own.
    public var digest: String?
    public var figures: NetworkFigures
    public var accuracy: Accuracy?
    /// What the accuracy was measured on, such as `test.data.yaml`.
    public var evaluationData: String?
    public var settings: [Setting]
    public var epochs: [Epoch]
    public var layers: [LayerChange]
    public var blocked: [BlockedGroup]
    public var rounds: [PruningRound]
    /// The command line; not in files, which may be given away.
    public var command: String?
    /// Of the whole command; not in files, whose bytes are the same each time.
    public var seconds: Double?

    public init(
      action: Action, summary: String, file: String, digest: String? = nil, figures: NetworkFigures,
      accuracy: Accuracy? = nil, evaluationData: String? = nil, settings: [Setting] = [],
      epochs: [Epoch] = [], layers: [LayerChange] = [], blocked: [BlockedGroup] = [],
      rounds: [PruningRound] = [], command: String? = nil, seconds: Double? = nil
    ) {
      self.action = action
      self.summary = summary
      self.file = file
      self.digest = digest
      self.figures = figures
      self.accuracy = accuracy
      self.evaluationData = evaluationData
      self.settings = settings
      self.epochs = epochs
      self.layers = layers
      self.blocked = blocked
      self.rounds = rounds
      self.command = command
      self.seconds = seconds
    }
  }
}

extension NetworkHistory.Step {
  /// The step that a report tells of.
  public init(_ action: NetworkHistory.Action, _ report: some NetworkReport) {
    self.init(
      action: action, summary: report.summary,
      file: report.output.path.split(separator: "/").last.map(String.init) ?? report.output.path,
      figures: report.after, accuracy: report.accuracy?.after, evaluationData: report.evaluationData,
      settings: report.settings, epochs: report.epochs, layers: report.layers, blocked: report.blocked,
      rounds: report.rounds, command: report.command,
      seconds: report.seconds.isEmpty ? nil : report.seconds.reduce(0) { $0 + $1.seconds })
  }
}
