extension Augmentation: CustomStringConvertible {
  private enum Name: String, CaseIterable {
    case crop, flip, noise, cutout, mixup

    /// The argument that it takes, for messages.
    var argument: String {
      switch self {
      case .crop: "crop:PIXELS"
      case .flip: "flip[:PROBABILITY]"
      case .noise: "noise:STD"
      case .cutout: "cutout:PIXELS"
      case .mixup: "mixup:ALPHA"
      }
    }
  }

  /// The forms of a list of augmentations, for help texts.
  public static let forms = Name.allCases.map(\.argument).joined(separator: ",")

  /// Reads a list such as `crop:4,flip,noise:0.05,cutout:8,mixup:0.2`, in any order, or `none`.
  /// - Throws: ``AugmentationError`` when a word is unknown or occurs twice, or its number is missing or out of
  ///   its range.
  public init(_ text: String) throws {
    self.init()
    if text.trimmingSpaces() == "none" { return }
    var seen: Set<Name> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let word = part.trimmingSpaces()
      let pieces = word.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard let name = pieces.first.flatMap({ Name(rawValue: String($0)) }) else {
        throw AugmentationError(
          reason: "unknown augmentation '\(word)'; write none, or some of \(Augmentation.forms)")
      }
      guard seen.insert(name).inserted else {
        throw AugmentationError(reason: "the augmentation '\(name.rawValue)' occurs twice; keep one")
      }
      try set(name, to: pieces.dropFirst().first.map { String($0) }, word: word)
    }
    try validate()
  }

  private mutating func set(_ name: Name, to text: String?, word: String) throws {
    func wrong() -> AugmentationError {
      AugmentationError(reason: "'\(word)' is not of the form \(name.argument)")
    }
    func number() throws -> Double {
      guard let text, let number = Preprocessing.number(text), number > 0 else { throw wrong() }
      return number
    }
    func pixels() throws -> Int {
      guard let text, let pixels = Int(text), pixels > 0 else { throw wrong() }
      return pixels
    }
    switch name {
    case .crop: cropPadding = try pixels()
    case .flip: flipProbability = text == nil ? 0.5 : try number()
    case .noise: noise = try number()
    case .cutout: cutout = try pixels()
    case .mixup: mixup = try number()
    }
  }

  /// The text that ``init(_:)`` reads.
  public var description: String {
    var words: [String] = []
    if cropPadding > 0 { words.append("crop:\(cropPadding)") }
    if flipProbability > 0 { words.append(flipProbability == 0.5 ? "flip" : "flip:\(flipProbability)") }
    if noise > 0 { words.append("noise:\(noise)") }
    if cutout > 0 { words.append("cutout:\(cutout)") }
    if mixup > 0 { words.append("mixup:\(mixup)") }
    return words.isEmpty ? "none" : words.joined(separator: ",")
  }
}
