import Foundation

extension NetworkHistory {
  /// Under which key of an ONNX file's `metadata_props` the history stands.
  public static let metadataKey = "pith.history"

  /// A history in a file takes no more bytes; details of the oldest steps go first.
  static let byteLimit = 128 << 10

  /// Steps that a history holds at most; the first and the last ones are kept.
  static let stepLimit = 64

  /// The version of the JSON object. A reader refuses later ones.
  private static let version = 1

  private struct Envelope: Codable {
    var version: Int
    var steps: [Step]
  }

  /// The history as it goes into a file: the same text for the same network each time, whatever the machine and
  /// wherever it lies. So it holds no times, no command lines and no folders.
  public func metadata() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: Self.nonfinite[0], negativeInfinity: Self.nonfinite[1], nan: Self.nonfinite[2])
    var steps = portable().steps
    let room = Self.byteLimit - (try encoder.encode(Envelope(version: Self.version, steps: []))).count
    // A comma goes with each.
    var sizes = try steps.map { try encoder.encode($0).count + 1 }
    for index in steps.indices where sizes.reduce(0, +) > room {
      steps[index].dropDetails()
      sizes[index] = try encoder.encode(steps[index]).count + 1
    }
    // Dozens of steps with hostile names: what counts is the last one.
    if sizes.reduce(0, +) > room { steps = steps.suffix(1).map { $0.shortened() } }
    return String(decoding: try encoder.encode(Envelope(version: Self.version, steps: steps)), as: UTF8.self)
  }

  /// How infinity and what is no number are written, since JSON has neither.
  private static let nonfinite = ["inf", "-inf", "nan"]

  /// Reads the text that `metadata()` made; it may come from anywhere.
  /// - Returns: nil where it is not such a text.
  public init?(metadata text: String) {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: Self.nonfinite[0], negativeInfinity: Self.nonfinite[1], nan: Self.nonfinite[2])
    guard text.utf8.count <= 2 * Self.byteLimit,
      let envelope = try? decoder.decode(Envelope.self, from: Data(text.utf8)),
      (1...Self.version).contains(envelope.version), envelope.steps.count <= Self.stepLimit
    else { return nil }
    self.init(envelope.steps)
  }

  private func portable() -> NetworkHistory {
    var steps = self.steps
    if steps.count > Self.stepLimit { steps.removeSubrange(1..<(steps.count - Self.stepLimit + 1)) }
    for index in steps.indices { steps[index].makePortable(isLast: index == steps.count - 1) }
    return NetworkHistory(steps)
  }
}

extension NetworkHistory.Step {
  fileprivate mutating func makePortable(isLast: Bool) {
    (command, seconds) = (nil, nil)
    (figures.latency, figures.int8Latency) = (nil, nil)
    // A file cannot tell its own size and digest.
    if isLast { (digest, figures.bytes) = (nil, nil) }
    for index in rounds.indices {
      (rounds[index].figures.latency, rounds[index].figures.int8Latency) = (nil, nil)
    }
    epochs = NetworkHistory.thinned(epochs).map { epoch in
      var epoch = epoch
      epoch.seconds = nil
      epoch.trainingLoss = epoch.trainingLoss.map(NetworkHistory.rounded)
      epoch.evaluationLoss = epoch.evaluationLoss.map(NetworkHistory.rounded)
      epoch.accuracy = epoch.accuracy.map(NetworkHistory.rounded)
      epoch.learningRate = epoch.learningRate.map(NetworkHistory.rounded)
      epoch.sparsity = epoch.sparsity.map(NetworkHistory.rounded)
      return epoch
    }
    layers = Array(layers.prefix(300))
    blocked = Array(blocked.prefix(100))
    rounds = Array(rounds.prefix(100))
  }

  fileprivate mutating func dropDetails() {
    (layers, blocked, rounds) = ([], [], [])
    epochs = []
    settings = []
  }

  fileprivate func shortened() -> Self {
    func cut(_ text: String) -> String { String(String.UnicodeScalarView(text.unicodeScalars.prefix(1000))) }
    var step = self
    step.dropDetails()
    step.action = .init(rawValue: cut(action.rawValue))
    (step.summary, step.file) = (cut(summary), cut(file))
    (step.digest, step.evaluationData) = (digest.map(cut), evaluationData.map(cut))
    return step
  }
}

extension NetworkHistory {
  /// At most 200 epochs, the first and the last among them.
  static func thinned(_ epochs: [Epoch]) -> [Epoch] {
    let limit = 200
    guard epochs.count > limit else { return epochs }
    return (0..<limit).map { epochs[$0 * (epochs.count - 1) / (limit - 1)] }
  }

  /// Six significant digits, which is more than a curve shows.
  static func rounded(_ value: Double) -> Double { Double(String(format: "%.6g", value)) ?? 0 }
}
