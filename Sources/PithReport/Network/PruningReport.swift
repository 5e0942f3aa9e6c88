/// What pruning took out of a network and what that cost: everything that `compress prune` tells.
public struct PruningReport: NetworkReport, Hashable {
  public var tool: Tool
  public var command: String
  public var model: String
  public var input: Input
  public var output: Output
  public var settings: [Setting]
  /// `channel`, `unstructured`, `2:4` or `block`.
  public var structure: String
  /// What was asked for, such as "35 % of the multiply-adds".
  public var target: String
  public var accuracy: AccuracyChange?
  public var evaluationData: String?
  public var before: NetworkFigures?
  public var after: NetworkFigures
  public var rounds: [PruningRound]
  public var epochs: [Epoch]
  public var layers: [LayerChange]
  public var blocked: [BlockedGroup]
  public var warnings: [String]
  public var seconds: [Stage]
  public var history: NetworkHistory

  public init(
    tool: Tool, command: String, model: String, input: Input, output: Output, settings: [Setting],
    structure: String, target: String, accuracy: AccuracyChange? = nil, evaluationData: String? = nil,
    before: NetworkFigures, after: NetworkFigures, rounds: [PruningRound] = [], epochs: [Epoch] = [],
    layers: [LayerChange], blocked: [BlockedGroup] = [], warnings: [String] = [], seconds: [Stage] = [],
    history: NetworkHistory = NetworkHistory()
  ) {
    self.tool = tool
    self.command = command
    self.model = model
    self.input = input
    self.output = output
    self.settings = settings
    self.structure = structure
    self.target = target
    self.accuracy = accuracy
    self.evaluationData = evaluationData
    self.before = before
    self.after = after
    self.rounds = rounds
    self.epochs = epochs
    self.layers = layers
    self.blocked = blocked
    self.warnings = warnings
    self.seconds = seconds
    self.history = history
  }

  public var summary: String {
    if structure == "channel" {
      let share = before.flatMap { before in
        before.multiplyAdds > 0 ? Double(after.multiplyAdds) / Double(before.multiplyAdds) : nil
      }
      return "channels pruned to \(Units.percent(share, 1)) of the multiply-adds"
    }
    let kind = structure == "block" ? "blocks of weights" : structure == "2:4" ? "2:4 weights" : "weights"
    return "\(kind) pruned: \(Units.percent(after.sparsity, 1)) of all are zero"
  }
}
